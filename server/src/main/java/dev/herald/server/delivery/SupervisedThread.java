package dev.herald.server.delivery;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that repeats a step until it is told to stop. Whatever a step throws, an Error too, is logged and the next step comes
 * a moment later: a machine that empties queues must not die silently.
 */
final class SupervisedThread {
    private static final Logger log = LoggerFactory.getLogger(SupervisedThread.class);
    private static final Duration PAUSE_AFTER_FAULT = Duration.ofMillis(500);

    /** What is repeated. */
    @FunctionalInterface
    interface Step {
        void run() throws InterruptedException;
    }

    private final Thread thread;
    private final Step step;
    private volatile boolean running = true;

    SupervisedThread(String name, Step step) {
        this.step = step;
        this.thread = new Thread(this::loop, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    boolean isRunning() {
        return running;
    }

    /** No further step. The present one is not interrupted: for steps that use the database, and wait briefly only. */
    void end() {
        running = false;
    }

    /** No further step; a step that waits is interrupted. */
    void interrupt() {
        running = false;
        thread.interrupt();
    }

    /** Waits for the present step to end; false when it hasn't within the limit. */
    boolean join(Duration limit) {
        try {
            thread.join(Math.max(1, limit.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void loop() {
        while (running) {
            try {
                step.run();
            } catch (InterruptedException e) {
                log.debug("{} was interrupted to end", thread.getName());
            } catch (Throwable e) {
                log.error("{} goes on after a fault", thread.getName(), e);
                LockSupport.parkNanos(PAUSE_AFTER_FAULT.toNanos());
            }
        }
    }
}
