package dev.herald.server.token;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Keeps a {@link TokenStateCache} fresh from a thread of its own, until closed. */
public final class TokenStateRefresher implements AutoCloseable {
    /** Less than half of what the cache may lag, so that one slow refresh is forgiven. */
    private static final long PERIOD_MILLIS = 400;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread refresher = new Thread(work, "herald-token-states");
        refresher.setDaemon(true);
        return refresher;
    });

    private TokenStateRefresher() {}

    /** Starts. */
    public static TokenStateRefresher start(TokenStateCache cache) {
        TokenStateRefresher refresher = new TokenStateRefresher();
        var unused = refresher.thread.scheduleWithFixedDelay(
                cache::refreshIfWanted, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
        return refresher;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
