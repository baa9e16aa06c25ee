package dev.herald.server;

import dev.herald.server.error.HeraldException;
import dev.herald.server.notification.RetentionPurger;
import dev.herald.server.persistence.SqlWork;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.token.TokenStateRepository;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Throws away what is of no more use: states of expired tokens, answers older than a day, notifications older than RETENTION_DAYS.
 * About every ten minutes, in batches, each a short transaction; while there is more the next batch comes a moment later.
 */
final class Housekeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final Duration BETWEEN_BATCHES = Duration.ofMillis(200);

    private final Transactions transactions;
    private final ScheduledExecutorService timer;
    private final Executor pool;
    private final List<Chore> chores;
    private final ScheduledFuture<?> schedule;
    private volatile boolean closed;

    /**
     * Something to throw away.
     *
     * @param meter counts what it throws away
     * @param batch how many are deleted at once at most
     * @param work deletes a batch; how many
     */
    private record Chore(ChoreMeter meter, int batch, SqlWork<Integer> work) {}

    Housekeeper(
            Transactions transactions,
            TokenStateRepository tokenStates,
            RequestLedger requests,
            RetentionPurger notifications,
            Threads threads,
            MeterRegistry meters) {
        this.transactions = transactions;
        this.timer = threads.timer();
        this.pool = threads.calls();
        this.chores = List.of(
                new Chore(
                        new ChoreMeter(meters, "token_states"),
                        TokenStateRepository.PURGED_AT_ONCE,
                        tokenStates::purgeExpired),
                new Chore(new ChoreMeter(meters, "answers"), RequestLedger.PURGED_AT_ONCE, requests::purge),
                new Chore(new ChoreMeter(meters, "notifications"), RetentionPurger.BATCH, notifications::purge));
        long first = ThreadLocalRandom.current().nextLong(INTERVAL.toMillis());
        this.schedule = timer.scheduleWithFixedDelay(this::clean, first, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        closed = true;
        schedule.cancel(false);
    }

    /** Begins all chores; they go on by themselves until nothing is left. */
    void clean() {
        chores.forEach(chore -> pool.execute(() -> clean(chore)));
    }

    private void clean(Chore chore) {
        try {
            int deleted = transactions.writeSql(chore.work());
            chore.meter().deleted(deleted);
            log.debug("threw away {} {}", deleted, chore.meter().kind());
            if (deleted == chore.batch() && !closed) {
                var unused = timer.schedule(
                        () -> pool.execute(() -> clean(chore)), BETWEEN_BATCHES.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (HeraldException e) {
            chore.meter().failed();
            log.warn("clean-up waits: {}", e.text());
        } catch (RuntimeException e) {
            chore.meter().failed();
            log.error("clean-up failed", e);
        }
    }
}
