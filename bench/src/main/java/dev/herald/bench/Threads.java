package dev.herald.bench;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads that end with their sockets, and waiting. */
final class Threads {
    private Threads() {}

    /** What a thread does until its socket is closed. */
    interface SocketWork {
        void run() throws IOException;
    }

    static void daemon(String name, SocketWork work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        // A closed socket is how each of them ends.
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits until the condition holds, looking every few milliseconds; false when it doesn't in time. */
    static boolean await(double seconds, double everyMs, BooleanSupplier condition) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos((long) (everyMs * 1e6));
        }
        return true;
    }

    /** Lets time pass, for what is measured over a span of it. */
    static void pass(double seconds) {
        await(seconds, seconds * 1_000, () -> false);
    }
}
