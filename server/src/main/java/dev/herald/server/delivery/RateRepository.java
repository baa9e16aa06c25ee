package dev.herald.server.delivery;

import dev.herald.server.persistence.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Token buckets over all processes, filled by the database's clock: what they grant together never exceeds a scope's rate by more
 * than half a second's worth.
 */
final class RateRepository {
    /** Somebody wants to send {@code wanted} mails that count against a scope. */
    record Asked(String scope, int perSecond, int wanted) {}

    /** What each scope may send at once of what is asked, which counts as sent then. No scope may be named twice. */
    Map<String, Integer> take(Connection connection, List<Asked> asked) throws SQLException {
        Map<String, Integer> granted = update(connection, asked);
        if (granted.size() < asked.size()) {
            insert(connection, asked);
            granted = update(connection, asked);
        }
        return granted;
    }

    /** Buckets begin empty. */
    private static void insert(Connection connection, List<Asked> asked) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO delivery_rates (scope, tokens, at)
                SELECT scope, 0, clock_timestamp() FROM unnest(?::text[]) AS missing (scope)
                ON CONFLICT DO NOTHING
                """)) {
            statement.setArray(1, SqlArrays.texts(connection, asked, Asked::scope));
            statement.executeUpdate();
        }
    }

    /** Rows are locked in the order of their scopes, and the time is read when they are ours. */
    private static Map<String, Integer> update(Connection connection, List<Asked> asked) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                WITH bucket AS MATERIALIZED (
                    SELECT r.scope, r.tokens, r.at, asked.per_second, asked.wanted
                    FROM delivery_rates r
                    JOIN unnest(?::text[], ?::bigint[], ?::bigint[]) AS asked (scope, per_second, wanted) USING (scope)
                    ORDER BY r.scope
                    FOR UPDATE OF r
                ), filled AS MATERIALIZED (
                    SELECT scope, wanted, moment,
                        least(greatest(1, per_second / 2.0), tokens + per_second * extract(epoch FROM moment - at)) AS tokens
                    FROM (SELECT *, greatest(at, clock_timestamp()) AS moment FROM bucket) AS now
                ), granted AS (
                    SELECT scope, moment, tokens, least(wanted, greatest(0, floor(tokens))) AS granted FROM filled
                )
                UPDATE delivery_rates r
                SET tokens = granted.tokens - granted.granted, at = granted.moment
                FROM granted
                WHERE r.scope = granted.scope
                RETURNING r.scope, granted.granted
                """)) {
            statement.setArray(1, SqlArrays.texts(connection, asked, Asked::scope));
            statement.setObject(2, SqlArrays.longs(asked, Asked::perSecond));
            statement.setObject(3, SqlArrays.longs(asked, Asked::wanted));
            Map<String, Integer> granted = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    granted.put(rows.getString(1), rows.getInt(2));
                }
            }
            return granted;
        }
    }
}
