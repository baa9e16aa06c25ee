package dev.herald.server.token;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * token_states in memory, at most a second behind the database while it is asked. When refreshing fails it answers for five
 * seconds more, and then says that the database is unavailable. Nobody asking for ten seconds: it rests, and the first who
 * ask again are sent to the database. Any number of threads may ask; one refreshes.
 */
public final class TokenStateCache {
    static final long FRESH = TimeUnit.SECONDS.toNanos(1);
    static final long GRACE = TimeUnit.SECONDS.toNanos(5);
    static final long WANTED = TimeUnit.SECONDS.toNanos(10);
    static final long RELOAD = TimeUnit.SECONDS.toNanos(60);

    /** A refresh that takes longer than this is taken for an outage. */
    private static final long STUCK = TimeUnit.MILLISECONDS.toNanos(500);
    /** A row's time is its transaction's start; it becomes visible when that commits. */
    private static final double OVERLAP_SECONDS = 60;

    private static final double EVER_SECONDS = Duration.ofDays(36_500).toSeconds();
    private static final int SOCKET_MILLIS = 2_000;
    private static final Logger log = LoggerFactory.getLogger(TokenStateCache.class);

    private final Source source;
    private final LongSupplier nanoClock;
    private volatile long askedAt;
    private volatile @Nullable TokenStateSnapshot snapshot;
    private volatile boolean failing;
    private volatile boolean refreshing;
    private volatile long refreshingSince;

    /** Where the rows come from: those written within so many seconds. */
    @FunctionalInterface
    interface Source {
        List<RememberedState> changedWithin(double seconds);
    }

    public TokenStateCache(Transactions transactions, TokenStateRepository repository, LongSupplier nanoClock) {
        this(seconds -> transactions.readSql(connection -> read(repository, connection, seconds)), nanoClock);
    }

    TokenStateCache(Source source, LongSupplier nanoClock) {
        this.source = source;
        this.nanoClock = nanoClock;
    }

    /**
     * The verdict on a genuine token; empty when the database must be asked.
     *
     * @throws HeraldException DATABASE_UNAVAILABLE
     */
    Optional<TokenVerdict> judge(TokenVerdict.Valid valid) {
        long now = nanoClock.getAsLong();
        noteAsked(now);
        TokenStateSnapshot current = snapshot;
        long age = current == null ? Long.MAX_VALUE : now - current.asOf();
        if (current != null && (age <= FRESH || (age <= GRACE && inTrouble(now)))) {
            return Optional.of(current.judge(valid));
        }
        if (failing) {
            throw HeraldException.retryable(
                    ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE,
                    "the database does not answer; call again",
                    Duration.ofSeconds(1),
                    null);
        }
        return Optional.empty();
    }

    /** To be called about every 400 ms by one thread: refreshes, when anybody asked of late or the last refresh failed. */
    void refreshIfWanted() {
        if (failing || nanoClock.getAsLong() - askedAt <= WANTED) {
            refresh();
        }
    }

    private void refresh() {
        long start = nanoClock.getAsLong();
        refreshingSince = start;
        refreshing = true;
        try {
            snapshot = next(snapshot, start);
            failing = false;
        } catch (RuntimeException e) {
            if (!failing) {
                log.warn(
                        "the memory of spent tokens can't be refreshed: {}",
                        e.getClass().getSimpleName());
            }
            failing = true;
        } finally {
            refreshing = false;
        }
    }

    private TokenStateSnapshot next(@Nullable TokenStateSnapshot previous, long start) {
        if (previous == null || start - previous.loadedAt() > RELOAD) {
            return TokenStateSnapshot.of(source.changedWithin(EVER_SECONDS), start);
        }
        double since = (double) (start - previous.asOf()) / TimeUnit.SECONDS.toNanos(1);
        return previous.with(source.changedWithin(since + OVERLAP_SECONDS), start);
    }

    private boolean inTrouble(long now) {
        return failing || (refreshing && now - refreshingSince > STUCK);
    }

    /** Written now and then only, so that threads don't fight for the field. */
    private void noteAsked(long now) {
        if (now - askedAt > FRESH) {
            askedAt = now;
        }
    }

    private static List<RememberedState> read(TokenStateRepository repository, Connection connection, double seconds)
            throws SQLException {
        // A database that hangs must not hold the refresh for the pool's patient time-out; the pool resets this.
        connection.setNetworkTimeout(Runnable::run, SOCKET_MILLIS);
        return repository.changedWithin(connection, seconds);
    }
}
