package dev.herald.server.delivery;

import dev.herald.server.delivery.Relays.Relay;
import dev.herald.server.persistence.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** The only writer of delivery_executors: one row a process that delivers. Each method is one statement. */
final class ExecutorRepository {
    private final String owner;
    private final String version;

    /**
     * A repository for one process.
     *
     * @param owner as in outbox.lease_owner
     */
    ExecutorRepository(String owner, String version) {
        this.owner = owner;
        this.version = version;
    }

    /** Says that this process lives, and forgets those not heard of for a day. */
    void report(Connection connection, int inHand, DeliveryTally.Counts lastMinute, List<Relay> relays)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                WITH gone AS (
                    DELETE FROM delivery_executors WHERE seen_at < now() - interval '1 day' AND owner <> ?
                )
                INSERT INTO delivery_executors (owner, version, in_hand, sent_last_minute, failed_last_minute, relays)
                SELECT ?, ?, ?, ?, ?, coalesce(jsonb_agg(jsonb_build_object(
                    'relay', relay, 'working', working, 'since', since::timestamptz, 'trouble', trouble) ORDER BY place), '[]')
                FROM unnest(?::text[], ?::boolean[], ?::text[], ?::text[]) WITH ORDINALITY
                    AS known (relay, working, since, trouble, place)
                ON CONFLICT (owner) DO UPDATE
                SET seen_at = now(), in_hand = EXCLUDED.in_hand, sent_last_minute = EXCLUDED.sent_last_minute,
                    failed_last_minute = EXCLUDED.failed_last_minute, relays = EXCLUDED.relays
                """)) {
            statement.setString(1, owner);
            statement.setString(2, owner);
            statement.setString(3, version);
            statement.setInt(4, inHand);
            statement.setLong(5, lastMinute.sent());
            statement.setLong(6, lastMinute.failed());
            bindRelays(statement, 7, relays);
            statement.executeUpdate();
        }
    }

    /** Says that this process delivers no more. */
    int leave(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM delivery_executors WHERE owner = ?")) {
            statement.setString(1, owner);
            return statement.executeUpdate();
        }
    }

    private static void bindRelays(PreparedStatement statement, int index, List<Relay> relays) throws SQLException {
        Connection connection = statement.getConnection();
        List<RelayStanding.Report> reports =
                relays.stream().map(relay -> relay.standing().report()).toList();
        statement.setArray(index, SqlArrays.texts(connection, relays, Relay::name));
        statement.setArray(
                index + 1,
                connection.createArrayOf(
                        "boolean",
                        reports.stream().map(RelayStanding.Report::working).toArray()));
        statement.setArray(
                index + 2,
                SqlArrays.texts(
                        connection,
                        reports,
                        report -> report.since().map(Instant::toString).orElse(null)));
        statement.setArray(index + 3, SqlArrays.texts(connection, reports, RelayStanding.Report::trouble));
    }
}
