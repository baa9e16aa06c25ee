package dev.herald.server.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP proxy in front of a database that counts round trips: every time a client speaks after the server has spoken.
 */
public final class RoundTripCounter implements AutoCloseable {
    private final LoopbackListener listener;
    private final URI target;
    private final AtomicInteger roundTrips = new AtomicInteger();

    private RoundTripCounter(URI target) {
        this.target = target;
        this.listener = LoopbackListener.start(this::join);
    }

    public static RoundTripCounter inFrontOf(String jdbcUrl) {
        return new RoundTripCounter(URI.create(jdbcUrl.substring("jdbc:".length())));
    }

    /** The JDBC URL that leads through the proxy. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + listener.port() + target.getPath() + "?" + target.getQuery();
    }

    public void reset() {
        roundTrips.set(0);
    }

    public int roundTrips() {
        return roundTrips.get();
    }

    @Override
    public void close() {
        listener.close();
    }

    private void join(Socket client) throws IOException {
        AtomicBoolean serverSpokeLast = new AtomicBoolean(true);
        listener.connect(target.getPort(), server -> {
            LoopbackListener.daemon(server, from -> pump(from, client, () -> serverSpokeLast.set(true)));
            pump(client, server, () -> {
                if (serverSpokeLast.getAndSet(false)) {
                    roundTrips.incrementAndGet();
                }
            });
        });
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
}
