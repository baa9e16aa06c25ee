package dev.herald.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy in front of a database that counts round trips: every time a client speaks after the server has spoken.
 */
public final class RoundTripCounter implements AutoCloseable {
    private final ServerSocket listener;
    private final URI target;
    private final AtomicInteger roundTrips = new AtomicInteger();

    private RoundTripCounter(URI target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    public static RoundTripCounter inFrontOf(String jdbcUrl) {
        try {
            return new RoundTripCounter(URI.create(jdbcUrl.substring("jdbc:".length())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The JDBC URL that leads through the proxy. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + listener.getLocalPort() + target.getPath() + "?" + target.getQuery();
    }

    public void reset() {
        roundTrips.set(0);
    }

    public int roundTrips() {
        return roundTrips.get();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() throws IOException {
        while (!listener.isClosed()) {
            Socket client = listener.accept();
            Socket server = new Socket("127.0.0.1", target.getPort());
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            AtomicBoolean serverSpokeLast = new AtomicBoolean(true);
            thread(() -> pump(client, server, () -> {
                if (serverSpokeLast.getAndSet(false)) {
                    roundTrips.incrementAndGet();
                }
            }));
            thread(() -> pump(server, client, () -> serverSpokeLast.set(true)));
        }
    }

    private static void pump(Socket from, Socket to, Runnable onBytes) throws IOException {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                onBytes.run();
                out.write(buffer, 0, n);
            }
        }
    }

    /** What a thread of the proxy does until a socket is closed. */
    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // A closed socket is how each of these threads ends.
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
