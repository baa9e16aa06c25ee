package dev.herald.server.delivery;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.persistence.SqlArrays;
import dev.herald.server.persistence.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Pauses of delivery, kept in the database: every claim of every process looks at them, so one holds and ends everywhere at once.
 * The empty scope is all mail, another a kind of it. Thread-safe.
 */
public final class DeliveryPauses {
    private final Transactions transactions;
    private final AuditLog audit = new AuditLog();

    public DeliveryPauses(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Pauses until a moment, or moves the end of the scope's pause. */
    public void pause(String scope, Instant until) {
        transactions.writeSql(connection -> {
            Optional<Instant> before = end(connection, scope);
            write(connection, scope, until);
            Act act = Act.of("PauseDelivery", target(scope)).after(new Facts().with("until", until));
            audit.write(
                    connection,
                    before.map(end -> act.before(new Facts().with("until", end)))
                            .orElse(act));
            return before;
        });
    }

    /** Ends the scope's pause; whether there was one that still held. */
    public boolean resume(String scope) {
        return transactions.writeSql(connection -> {
            Optional<Instant> before = end(connection, scope);
            boolean held = delete(connection, scope);
            Act act = Act.of("ResumeDelivery", target(scope)).after(new Facts().with("resumed", held));
            audit.write(
                    connection,
                    before.map(end -> act.before(new Facts().with("until", end)))
                            .orElse(act));
            return held;
        });
    }

    /**
     * A pause.
     *
     * @param scope a kind of mail; empty for all of it
     */
    public record Pause(String scope, Instant until, Instant pausedAt) {}

    /** The pauses that hold now; one statement. */
    public static List<Pause> holding(Connection connection) throws SQLException {
        List<Pause> pauses = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT scope, until, paused_at FROM delivery_pauses WHERE until > now() ORDER BY scope");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                pauses.add(new Pause(
                        row.getString(1),
                        row.getTimestamp(2).toInstant(),
                        row.getTimestamp(3).toInstant()));
            }
        }
        return pauses;
    }

    private static String target(String scope) {
        return scope.isEmpty() ? "delivery" : "delivery/" + scope;
    }

    private static Optional<Instant> end(Connection connection, String scope) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT until FROM delivery_pauses WHERE scope = ? FOR UPDATE")) {
            statement.setString(1, scope);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getTimestamp(1).toInstant()) : Optional.empty();
            }
        }
    }

    private static void write(Connection connection, String scope, Instant until) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO delivery_pauses (scope, until)
                VALUES (?, to_timestamp(? / 1000000.0))
                ON CONFLICT (scope) DO UPDATE SET until = EXCLUDED.until, paused_at = now()
                """)) {
            statement.setString(1, scope);
            statement.setLong(2, SqlArrays.micros(until));
            statement.executeUpdate();
        }
    }

    private static boolean delete(Connection connection, String scope) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM delivery_pauses WHERE scope = ? RETURNING until > now()")) {
            statement.setString(1, scope);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }
}
