package dev.herald.server;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** The threads calls run on: shares of the connection pool, so that neither kind of call starves the other or delivery. */
record Threads(ExecutorService calls, ExecutorService tokenChecks, ScheduledExecutorService timer) {
    Threads(int poolSize) {
        this(
                Executors.newFixedThreadPool(Math.max(1, poolSize * 4 / 10)),
                Executors.newFixedThreadPool(Math.max(1, poolSize * 3 / 10)),
                Executors.newSingleThreadScheduledExecutor());
    }

    void close() {
        timer.shutdownNow();
        calls.shutdownNow();
        tokenChecks.shutdownNow();
    }
}
