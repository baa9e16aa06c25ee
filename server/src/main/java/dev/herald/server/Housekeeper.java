package dev.herald.server;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.token.TokenStateRepository;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Throws away what is of no more use: states of expired tokens, answers older than a day. About every ten minutes. */
final class Housekeeper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Housekeeper.class);
    private static final Duration INTERVAL = Duration.ofMinutes(10);

    private final Transactions transactions;
    private final TokenStateRepository tokenStates;
    private final RequestLedger requests;
    private final ScheduledFuture<?> schedule;

    Housekeeper(
            Transactions transactions,
            TokenStateRepository tokenStates,
            RequestLedger requests,
            ScheduledExecutorService timer,
            Executor pool) {
        this.transactions = transactions;
        this.tokenStates = tokenStates;
        this.requests = requests;
        long first = ThreadLocalRandom.current().nextLong(INTERVAL.toMillis());
        this.schedule = timer.scheduleWithFixedDelay(
                () -> pool.execute(this::clean), first, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        schedule.cancel(false);
    }

    private void clean() {
        try {
            int states = transactions.writeSql(tokenStates::purgeExpired);
            int answers = transactions.writeSql(requests::purge);
            log.debug("threw away {} token state(s), {} answer(s)", states, answers);
        } catch (HeraldException e) {
            log.warn("clean-up waits: {}", e.text());
        } catch (RuntimeException e) {
            // An exception would end the schedule for good.
            log.error("clean-up failed", e);
        }
    }
}
