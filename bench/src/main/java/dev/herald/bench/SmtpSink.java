package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.locks.LockSupport;

/** Postfix's smtp-sink as a process. */
final class SmtpSink implements MailSink {
    private static final long START_NANOS = 10_000_000_000L;
    private static final String BACKLOG = "1024";

    private final Children children;
    private final Process process;
    private final int port;

    private SmtpSink(Children children, Process process, int port) {
        this.children = children;
        this.process = process;
        this.port = port;
    }

    static SmtpSink start(Children children, SmtpTools tools) {
        int port = freePort();
        List<String> arguments = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to work as root.
            arguments.addAll(List.of("-u", "nobody"));
        }
        arguments.addAll(List.of("127.0.0.1:" + port, BACKLOG));
        Process process = children.start(tools.command("smtp-sink", arguments).inheritIO());
        awaitListening(process, port);
        return new SmtpSink(children, process, port);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public OptionalDouble cpuSeconds() {
        return ProcessFigures.cpuSeconds(process.pid());
    }

    @Override
    public void close() {
        children.kill(process);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitListening(Process process, int port) {
        long end = System.nanoTime() + START_NANOS;
        while (!listens(port)) {
            if (!process.isAlive() || System.nanoTime() - end > 0) {
                throw new IllegalStateException("smtp-sink did not start");
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
