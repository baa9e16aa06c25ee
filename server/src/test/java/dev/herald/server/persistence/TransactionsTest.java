package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.error.HeraldException;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.ErrorReason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class TransactionsTest {
    private static final Database DATABASE = TestDatabase.open();
    private final Transactions transactions = DATABASE.transactions();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void write_workThrows_changesNothing() {
        assertThatThrownBy(() -> transactions.writeSql(connection -> {
                    insertCourse(connection, 1);
                    throw new IllegalStateException("stop");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(countCourses()).isZero();
    }

    @Test
    void write_deadlockOnce_isRunAgain() {
        AtomicInteger runs = new AtomicInteger();
        String answer = transactions.writeSql(connection -> {
            if (runs.incrementAndGet() == 1) {
                throw new SQLException("deadlock detected", "40P01");
            }
            return "done";
        });
        assertThat(answer).isEqualTo("done");
        assertThat(runs).hasValue(2);
    }

    @Test
    void write_deadlockAlways_isAConflictAfterThreeRuns() {
        AtomicInteger runs = new AtomicInteger();
        assertThatThrownBy(() -> transactions.writeSql(connection -> {
                    runs.incrementAndGet();
                    throw new SQLException("deadlock detected", "40P01");
                }))
                .isInstanceOfSatisfying(
                        HeraldException.class,
                        e -> assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_TRANSACTION_CONFLICT));
        assertThat(runs).hasValue(3);
    }

    @Test
    void readSql_connectionLost_isDatabaseUnavailable() {
        assertThatThrownBy(() -> transactions.readSql(connection -> {
                    throw new SQLException("connection reset", "08006");
                }))
                .isInstanceOfSatisfying(HeraldException.class, e -> {
                    assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE);
                    assertThat(e.retryAfter()).isNotNull();
                });
    }

    private long countCourses() {
        return transactions.readSql(connection -> {
            try (var statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT count(*) FROM courses")) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    private static void insertCourse(Connection connection, long id) throws SQLException {
        try (var statement = connection.prepareStatement("INSERT INTO courses VALUES (?, 'CS', 'Computing')")) {
            statement.setLong(1, id);
            statement.executeUpdate();
        }
    }
}
