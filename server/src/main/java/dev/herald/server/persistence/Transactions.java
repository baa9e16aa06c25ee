package dev.herald.server.persistence;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.hibernate.HibernateException;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;

/**
 * The one door to the database, opened by use cases only. A database that doesn't answer is DATABASE_UNAVAILABLE; a
 * transaction that loses against others three times over is TRANSACTION_CONFLICT. The work of a call that is over is stopped and
 * rolled back, with DEADLINE_PASSED. Thread-safe.
 */
public final class Transactions {
    private static final int TRIES = 3;

    private final SessionFactory sessions;
    private final DataSource pool;
    private final QueryStopper stopper;

    Transactions(SessionFactory sessions, DataSource pool, QueryStopper stopper) {
        this.sessions = sessions;
        this.pool = pool;
        this.stopper = stopper;
    }

    /**
     * Runs the work in one transaction: committed when it returns, rolled back when it throws. May run it up to three times
     * when the database asks for it (deadlock, serialisation), so it must have no effect outside the database.
     */
    public <T> T write(Function<StatelessSession, T> work) {
        return translated(() -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    return sessions.fromStatelessTransaction(session -> watched(session, work));
                } catch (HibernateException e) {
                    if (attempt == TRIES || stopper.isOver() || !SqlFault.of(e).conflict()) {
                        throw e;
                    }
                }
            }
        });
    }

    /** The same for plain statements. */
    public <T> T writeSql(SqlWork<T> work) {
        return write(session -> onConnection(session, work));
    }

    /** Runs one reading statement, without a transaction's extra round trips. */
    public <T> T readSql(SqlWork<T> work) {
        return translated(() -> {
            try (Connection connection = pool.getConnection()) {
                return stopper.watching(connection, work);
            } catch (SQLException e) {
                throw new SqlFailure(e);
            }
        });
    }

    /** Runs one statement that may write, committed by itself: one round trip, and no second try. */
    public <T> T statement(SqlWork<T> work) {
        return readSql(work);
    }

    /** Plain statements within a transaction that is open already. */
    public static <T> T onConnection(StatelessSession session, SqlWork<T> work) {
        return session.doReturningWork(work::on);
    }

    private <T> T watched(StatelessSession session, Function<StatelessSession, T> work) {
        return onConnection(session, open -> stopper.watching(open, same -> work.apply(session)));
    }

    private <T> T translated(Supplier<T> work) {
        if (stopper.isOver()) {
            throw callIsOver();
        }
        try {
            return work.get();
        } catch (HibernateException | SqlFailure e) {
            throw stopper.isOver() ? callIsOver() : translate(e);
        }
    }

    private static HeraldException callIsOver() {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_DEADLINE_PASSED, "the call was over before its work was done");
    }

    private static RuntimeException translate(RuntimeException e) {
        SqlFault fault = SqlFault.of(e);
        if (fault.conflict()) {
            return HeraldException.retryable(
                    ErrorReason.ERROR_REASON_TRANSACTION_CONFLICT,
                    "other calls won; call again",
                    Duration.ofMillis(100),
                    e);
        }
        if (fault.unavailable()) {
            return HeraldException.retryable(
                    ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE,
                    "the database does not answer; call again",
                    Duration.ofSeconds(1),
                    e);
        }
        return e;
    }

    /** A failed statement of {@link #readSql}. */
    private static final class SqlFailure extends RuntimeException {
        SqlFailure(SQLException cause) {
            super(cause);
        }
    }
}
