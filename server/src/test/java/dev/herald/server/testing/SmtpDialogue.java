package dev.herald.server.testing;

import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One connection to a {@link ScriptedSmtpServer}. */
final class SmtpDialogue {
    private final ScriptedSmtpServer server;
    private final int number;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private @Nullable String sender;
    private List<String> recipients = new ArrayList<>();

    SmtpDialogue(ScriptedSmtpServer server, Socket socket, int number) throws IOException {
        this.server = server;
        this.number = number;
        socket.setTcpNoDelay(true);
        this.socket = socket;
        this.in = buffered(socket);
        this.out = new BufferedOutputStream(socket.getOutputStream());
    }

    private InputStream buffered(Socket from) throws IOException {
        return new BufferedInputStream(
                new FilterInputStream(from.getInputStream()) {
                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        // A line that isn't whole is waited for by both sides otherwise.
                        if (available() == 0) {
                            out.flush();
                        }
                        int count = super.read(target, offset, length);
                        server.recordFlight(target, offset, count);
                        return count;
                    }
                },
                32_768);
    }

    void run() throws IOException {
        if (server.implicitTls()) {
            secure();
        }
        boolean going = answer(Stage.CONNECT, Integer.toString(number), "220 localhost ESMTP");
        while (going) {
            String line = readLine();
            server.record(line);
            going = handle(line, line.toUpperCase(Locale.ROOT));
        }
        out.flush();
    }

    private boolean handle(String line, String upper) throws IOException {
        if (upper.startsWith("EHLO") || upper.startsWith("HELO")) {
            return answer(Stage.EHLO, after(line, 5), upper.startsWith("EHLO") ? greeting() : "250 localhost");
        } else if (upper.startsWith("MAIL FROM:")) {
            return startMail(address(line));
        } else if (upper.startsWith("RCPT TO:")) {
            return addRecipient(address(line));
        } else if (upper.equals("DATA")) {
            return data();
        } else if (upper.equals("STARTTLS")) {
            return startTls();
        } else if (upper.startsWith("AUTH ")) {
            return authenticate(after(line, 5), upper);
        } else if (upper.equals("RSET")) {
            startAnew();
            return answer(Stage.RSET, "", "250 2.0.0 reset");
        } else if (upper.equals("NOOP")) {
            return answer(Stage.NOOP, "", "250 2.0.0 still here");
        } else if (upper.equals("QUIT")) {
            answer(Stage.QUIT, "", "221 2.0.0 bye");
            return false;
        }
        return write("500 5.5.2 unknown command");
    }

    private String greeting() {
        List<String> lines = new ArrayList<>(List.of("localhost"));
        lines.addAll(server.extensions());
        if (server.tls() != null && !(socket instanceof SSLSocket)) {
            lines.add("STARTTLS");
        }
        StringBuilder reply = new StringBuilder();
        for (String line : lines.subList(0, lines.size() - 1)) {
            reply.append("250-").append(line).append("\r\n");
        }
        return reply.append("250 ").append(lines.get(lines.size() - 1)).toString();
    }

    private boolean startMail(String address) throws IOException {
        recipients = new ArrayList<>();
        String reply = reply(Stage.MAIL, address, "250 2.1.0 sender ok");
        sender = reply.startsWith("2") ? address : null;
        return write(reply);
    }

    private boolean addRecipient(String address) throws IOException {
        String reply = reply(Stage.RCPT, address, sender == null ? "503 5.5.1 MAIL first" : "250 2.1.5 recipient ok");
        if (reply.startsWith("2")) {
            recipients.add(address);
        }
        return write(reply);
    }

    private boolean data() throws IOException {
        String from = sender == null ? "" : sender;
        String recipient = recipients.isEmpty() ? "" : recipients.get(0);
        String usual = recipients.isEmpty() ? "554 5.5.1 no valid recipients" : "354 go ahead";
        String reply = reply(Stage.DATA, recipient, usual);
        if (!write(reply) || !reply.startsWith("3")) {
            return !isEnd(reply);
        }
        out.flush();
        byte[] message = readMessage();
        String verdict = reply(Stage.DOT, recipient, "250 2.0.0 queued");
        if (verdict.startsWith("2") || verdict.equals(ScriptedSmtpServer.ACCEPT_AND_DROP)) {
            server.accept(new Received(from, List.copyOf(recipients), message, number));
        }
        startAnew();
        return write(verdict);
    }

    private void startAnew() {
        sender = null;
        recipients = new ArrayList<>();
    }

    private boolean startTls() throws IOException {
        String reply = reply(Stage.STARTTLS, "", server.tls() == null ? "502 5.5.1 no TLS here" : "220 2.0.0 go ahead");
        boolean going = write(reply);
        out.flush();
        if (going && reply.startsWith("220")) {
            secure();
        }
        return going;
    }

    private void secure() throws IOException {
        SSLContext tls = server.tls();
        if (tls == null) {
            throw new IOException("no TLS here");
        }
        SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
        secured.startHandshake();
        socket = secured;
        in = buffered(secured);
        out = new BufferedOutputStream(secured.getOutputStream());
    }

    private boolean authenticate(String argument, String upper) throws IOException {
        String mechanism = after(upper, 5);
        if (mechanism.startsWith("LOGIN")) {
            if (mechanism.equals("LOGIN")) {
                challenge("334 VXNlcm5hbWU6");
            }
            challenge("334 UGFzc3dvcmQ6");
        } else if (mechanism.equals("PLAIN")) {
            challenge("334 ");
        }
        return answer(Stage.AUTH, argument, "235 2.7.0 welcome");
    }

    private void challenge(String reply) throws IOException {
        write(reply);
        out.flush();
        readLine();
    }

    private boolean answer(Stage stage, String argument, String usual) throws IOException {
        return write(reply(stage, argument, usual));
    }

    private String reply(Stage stage, String argument, String usual) {
        @Nullable String scripted = server.scripted(stage, argument);
        return scripted == null ? usual : scripted;
    }

    private static boolean isEnd(String reply) {
        return reply.equals(ScriptedSmtpServer.DROP) || reply.equals(ScriptedSmtpServer.ACCEPT_AND_DROP);
    }

    /** Writes a reply, or does what one of the constants says; false when the connection is over. */
    private boolean write(String reply) throws IOException {
        if (isEnd(reply)) {
            return false;
        } else if (reply.equals(ScriptedSmtpServer.HANG)) {
            out.flush();
            in.transferTo(OutputStream.nullOutputStream());
            return false;
        } else if (reply.startsWith(ScriptedSmtpServer.DRIBBLE)) {
            dribble(reply.substring(ScriptedSmtpServer.DRIBBLE.length()) + "\r\n");
            return true;
        }
        out.write((reply + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        // Replies to commands that came in one segment go out in one.
        if (in.available() == 0) {
            out.flush();
        }
        return !reply.startsWith("421");
    }

    private void dribble(String reply) throws IOException {
        for (byte one : reply.getBytes(StandardCharsets.ISO_8859_1)) {
            out.write(one);
            out.flush();
            pause(200);
        }
    }

    private void pause(long millis) throws IOException {
        try {
            if (server.closed().await(millis, TimeUnit.MILLISECONDS)) {
                throw new IOException("server closed");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int next = read(); next != '\n'; next = read()) {
            line.write(next);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    /** Only CR LF . CR LF ends a message, so that smuggling by bare line ends would be seen. */
    private byte[] readMessage() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream(4_096);
        int matched = 2;
        while (matched < 5) {
            int next = read();
            matched = advance(matched, next);
            if (matched != 3) {
                message.write(next);
            }
        }
        byte[] data = message.toByteArray();
        return Arrays.copyOf(data, Math.max(0, data.length - 2));
    }

    /** How much of CR LF . CR LF has been seen; the dot at a line's start is left out, which undoes the stuffing. */
    private static int advance(int matched, int next) {
        if (next == '\r') {
            return matched == 3 ? 4 : 1;
        } else if (next == '\n') {
            return matched == 1 ? 2 : matched == 4 ? 5 : 0;
        }
        return next == '.' && matched == 2 ? 3 : 0;
    }

    private int read() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException();
        }
        return next;
    }

    private static String address(String line) {
        int start = line.indexOf('<');
        int end = line.indexOf('>', start);
        return start < 0 || end < 0 ? after(line, line.indexOf(':') + 1) : line.substring(start + 1, end);
    }

    private static String after(String line, int start) {
        return line.length() <= start ? "" : line.substring(start).strip();
    }
}
