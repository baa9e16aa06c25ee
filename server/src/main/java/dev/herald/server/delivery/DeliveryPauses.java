package dev.herald.server.delivery;

import dev.herald.server.persistence.SqlArrays;
import dev.herald.server.persistence.Transactions;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Instant;

/**
 * Pauses of delivery, kept in the database: every claim of every process looks at them, so one holds and ends everywhere at once.
 * The empty scope is all mail, another a kind of it. Thread-safe.
 */
public final class DeliveryPauses {
    private final Transactions transactions;

    public DeliveryPauses(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Pauses until a moment, or moves the end of the scope's pause. */
    public void pause(String scope, Instant until) {
        transactions.statement(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("""
                    INSERT INTO delivery_pauses (scope, until)
                    VALUES (?, to_timestamp(? / 1000000.0))
                    ON CONFLICT (scope) DO UPDATE SET until = EXCLUDED.until, paused_at = now()
                    """)) {
                statement.setString(1, scope);
                statement.setLong(2, SqlArrays.micros(until));
                return statement.executeUpdate();
            }
        });
    }

    /** Ends the scope's pause; whether there was one that still held. */
    public boolean resume(String scope) {
        return transactions.statement(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "DELETE FROM delivery_pauses WHERE scope = ? RETURNING until > now()")) {
                statement.setString(1, scope);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() && row.getBoolean(1);
                }
            }
        });
    }
}
