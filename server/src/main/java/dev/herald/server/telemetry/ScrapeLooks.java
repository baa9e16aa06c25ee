package dev.herald.server.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks that are taken before figures are read, on a thread of their own: one that hangs, on a database that does, delays a
 * scrape by half a second and no more, and the figures are those of the look before. Thread-safe.
 */
final class ScrapeLooks implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ScrapeLooks.class);
    private static final Duration LIMIT = Duration.ofMillis(500);

    private final List<Runnable> looks = new CopyOnWriteArrayList<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread worker = new Thread(work, "scrape-looks");
        worker.setDaemon(true);
        return worker;
    });
    private @Nullable Future<?> underWay;

    void add(Runnable look) {
        looks.add(look);
    }

    /** Takes them all, or joins those who wait for it already. */
    void look() {
        try {
            begun().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | RejectedExecutionException e) {
            log.debug("figures are those of an earlier look: {}", e.getClass().getSimpleName());
        } catch (ExecutionException e) {
            log.warn("a look at figures met a fault", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Future<?> begun() {
        Future<?> present = underWay;
        if (present == null || present.isDone()) {
            present = thread.submit(() -> looks.forEach(Runnable::run));
            underWay = present;
        }
        return present;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
