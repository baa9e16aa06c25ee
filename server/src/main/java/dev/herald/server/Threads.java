package dev.herald.server;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The threads calls run on: shares of the connection pool, so that neither kind of call starves the other or delivery. */
record Threads(ExecutorService calls, ExecutorService tokenChecks, ScheduledExecutorService timer) {
    Threads(int poolSize) {
        this(
                Executors.newFixedThreadPool(Math.max(1, poolSize * 4 / 10)),
                Executors.newFixedThreadPool(Math.max(1, poolSize * 3 / 10)),
                newTimer());
    }

    /** Every call without a deadline sets a time limit and takes it back: what was taken back must not pile up. */
    private static ScheduledExecutorService newTimer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    void close() {
        timer.shutdownNow();
        calls.shutdownNow();
        tokenChecks.shutdownNow();
    }
}
