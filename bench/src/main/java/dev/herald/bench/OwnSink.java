package dev.herald.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A sink of our own that knows which Message-IDs it has accepted, and can hang: then it takes connections and says nothing. It
 * offers PIPELINING. Slower than smtp-sink, so nothing is timed against it but recovery. Thread-safe.
 */
final class OwnSink implements MailSink {
    private static final int BACKLOG = 512;
    private static final String HEADER = "message-id:";

    private final ServerSocket listener;
    private final boolean hanging;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Set<String> messageIds = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private OwnSink(boolean hanging) throws IOException {
        this.hanging = hanging;
        this.listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        Threads.daemon("sink", this::listen);
    }

    static OwnSink start() {
        return start(false);
    }

    static OwnSink hanging() {
        return start(true);
    }

    @Override
    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public OptionalDouble cpuSeconds() {
        return OptionalDouble.empty();
    }

    /** How many mails were accepted. */
    int accepted() {
        return accepted.get();
    }

    /** How many of them were different mails. */
    int distinct() {
        return messageIds.size();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static OwnSink start(boolean hanging) {
        try {
            return new OwnSink(hanging);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen() throws IOException {
        while (true) {
            Socket socket = listener.accept();
            socket.setTcpNoDelay(true);
            open.add(socket);
            if (!hanging) {
                Threads.daemon("sink-session", () -> serve(socket));
            }
        }
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 16_384);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream());
            reply(out, in, "220 sink ESMTP");
            for (String line = line(in); line != null; line = line(in)) {
                answer(line, in, out);
            }
        } finally {
            open.remove(socket);
        }
    }

    private void answer(String line, InputStream in, OutputStream out) throws IOException {
        switch (line.split(" ", 2)[0].toUpperCase(Locale.ROOT)) {
            case "EHLO" -> reply(out, in, "250-sink\r\n250-PIPELINING\r\n250 8BITMIME");
            case "DATA" -> {
                reply(out, in, "354 go on");
                String messageId = takeMail(in);
                messageIds.add(messageId);
                accepted.incrementAndGet();
                reply(out, in, "250 2.0.0 taken");
            }
            case "QUIT" -> reply(out, in, "221 bye");
            default -> reply(out, in, "250 2.0.0 fine");
        }
    }

    /** Reads up to the lonely dot. */
    private static String takeMail(InputStream in) throws IOException {
        String messageId = "";
        for (String line = line(in); line != null; line = line(in)) {
            if (line.equals(".")) {
                return messageId;
            }
            if (messageId.isEmpty() && line.toLowerCase(Locale.ROOT).startsWith(HEADER)) {
                messageId = line.substring(HEADER.length()).strip();
            }
        }
        throw new IOException("the connection ended within a mail");
    }

    /** Answers to commands that came together leave together. */
    private static void reply(OutputStream out, InputStream in, String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        if (in.available() == 0) {
            out.flush();
        }
    }

    private static @Nullable String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int octet = in.read(); octet >= 0; octet = in.read()) {
            if (octet == '\n') {
                return line.toString();
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return null;
    }
}
