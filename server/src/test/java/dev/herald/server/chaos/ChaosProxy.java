package dev.herald.server.chaos;

import dev.herald.server.testing.LoopbackListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;

/**
 * A TCP proxy on loopback that spoils what passes through it. All methods are thread-safe, and hold at once for open connections
 * too.
 */
final class ChaosProxy implements AutoCloseable {
    private static final int WHOLE = 16_384;

    private final LoopbackListener listener;
    private final int upstream;
    private final AtomicInteger seen = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final Semaphore flow = new Semaphore(Integer.MAX_VALUE);
    private volatile String answer = "";
    private volatile IntPredicate which = number -> false;
    private volatile int piece = WHOLE;
    private volatile Duration pause = Duration.ZERO;

    private ChaosProxy(int upstream) {
        this.upstream = upstream;
        this.listener = LoopbackListener.start(this::join);
    }

    static ChaosProxy to(int port) {
        return new ChaosProxy(port);
    }

    int port() {
        return listener.port();
    }

    /**
     * Cuts both sides where the server's answer holds the text, before the client has any of that answer.
     *
     * @param occurrences which of the answers that hold it, counted from 1 over all connections
     */
    void cutAtAnswer(String text, IntPredicate occurrences) {
        seen.set(0);
        which = occurrences;
        answer = text;
    }

    /** How often it has cut so far. */
    int cuts() {
        return cuts.get();
    }

    /** Lets through only so many bytes at a time, with a pause before each. */
    void throttle(int bytes, Duration before) {
        piece = bytes;
        pause = before;
    }

    /** Nothing passes any more, and nobody is told. */
    void freeze() {
        flow.drainPermits();
    }

    void thaw() {
        flow.release(Integer.MAX_VALUE - flow.availablePermits());
    }

    /** Spoils nothing any more. */
    void behave() {
        answer = "";
        throttle(WHOLE, Duration.ZERO);
        thaw();
    }

    @Override
    public void close() {
        listener.close();
    }

    private void join(Socket client) throws IOException {
        listener.connect(upstream, server -> {
            LoopbackListener.daemon(server, to -> pump(client, to, false));
            pump(server, client, true);
        });
    }

    private void pump(Socket from, Socket to, boolean answers) throws IOException {
        byte[] buffer = new byte[WHOLE];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = read(in, buffer); length >= 0; length = read(in, buffer)) {
                if (answers && isToBeCut(buffer, length)) {
                    cuts.incrementAndGet();
                    return;
                }
                out.write(buffer, 0, length);
            }
        }
    }

    private int read(InputStream in, byte[] buffer) throws IOException {
        LockSupport.parkNanos(pause.toNanos());
        int length = in.read(buffer, 0, piece);
        flow.acquireUninterruptibly();
        flow.release();
        return length;
    }

    private boolean isToBeCut(byte[] buffer, int length) {
        String wanted = answer;
        return !wanted.isEmpty()
                && new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains(wanted)
                && which.test(seen.incrementAndGet());
    }
}
