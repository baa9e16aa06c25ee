package dev.herald.server.mail;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Cuts connections whose time is up: read time-outs alone stop neither a relay that dribbles nor one that takes nothing more.
 * One thread looks at all connections four times a second, and rests while there are none. Thread-safe.
 */
final class Watchdog {
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long NEVER = Long.MIN_VALUE;

    private final long attempt;
    private final long write;
    private final Set<Leash> leashes = ConcurrentHashMap.newKeySet();
    private @Nullable Thread thread;

    Watchdog(SmtpTimeouts timeouts) {
        attempt = timeouts.attempt().toNanos();
        write = timeouts.write().toNanos();
    }

    /** Takes a connection into its care, until it is released. */
    synchronized Leash hold(CapturedSocket socket) {
        Leash leash = new Leash(socket);
        leashes.add(leash);
        if (thread == null) {
            thread = new Thread(this::patrol, "smtp-watchdog");
            thread.setDaemon(true);
            thread.start();
        }
        return leash;
    }

    private void patrol() {
        try {
            while (isWanted()) {
                long now = System.nanoTime();
                for (Leash leash : leashes) {
                    leash.cutIfLate(now);
                }
                LockSupport.parkNanos(TICK);
            }
        } finally {
            ended();
        }
    }

    /** After an Error too, so that the next connection has one watch again. */
    private synchronized void ended() {
        if (thread == Thread.currentThread()) {
            thread = null;
        }
    }

    private synchronized boolean isWanted() {
        if (leashes.isEmpty()) {
            thread = null;
        }
        return thread != null;
    }

    /** The deadlines of one connection. Set by the thread that uses it, without a lock. */
    final class Leash {
        private final CapturedSocket socket;
        private volatile long attemptEnd = NEVER;
        private volatile long writeEnd = NEVER;

        private Leash(CapturedSocket socket) {
            this.socket = socket;
        }

        void startAttempt() {
            attemptEnd = System.nanoTime() + attempt;
        }

        /** One that may take less than usual. */
        void startAttempt(Duration most) {
            attemptEnd = System.nanoTime() + Math.min(attempt, most.toNanos());
        }

        void endAttempt() {
            attemptEnd = NEVER;
        }

        void startWrite() {
            writeEnd = System.nanoTime() + write;
        }

        void endWrite() {
            writeEnd = NEVER;
        }

        void release() {
            leashes.remove(this);
        }

        private void cutIfLate(long now) {
            if (isOver(attemptEnd, now) || isOver(writeEnd, now)) {
                socket.cut();
            }
        }

        private static boolean isOver(long end, long now) {
            return end != NEVER && now - end > 0;
        }
    }
}
