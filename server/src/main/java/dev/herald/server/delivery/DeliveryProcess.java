package dev.herald.server.delivery;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A process that delivers, as it told of itself at most 10 s ago when all is well.
 *
 * @param name as in outbox.lease_owner
 * @param inHand how many mails it holds
 * @param sentLastMinute how many it had accepted by relays, in the minute before it told
 * @param relays in its order of preference
 */
public record DeliveryProcess(
        String name,
        String version,
        Instant startedAt,
        Instant seenAt,
        int inHand,
        long sentLastMinute,
        long failedLastMinute,
        List<Relay> relays) {

    /**
     * A relay, as the process sees it.
     *
     * @param since since when it works, or doesn't; null when nothing was sent to it yet
     * @param trouble what is wrong; empty when it works
     */
    public record Relay(
            String name, boolean working, @Nullable Instant since, String trouble) {}

    private static final String SELECT = """
            SELECT owner, version, started_at, seen_at, in_hand, sent_last_minute, failed_last_minute,
                   relay, working, since, trouble
            FROM delivery_executors
                LEFT JOIN LATERAL ROWS FROM (jsonb_to_recordset(relays)
                    AS (relay text, working boolean, since timestamptz, trouble text)) WITH ORDINALITY
                    AS told (relay, working, since, trouble, place) ON true
            WHERE seen_at > now() - interval '30 seconds'
            ORDER BY started_at, owner, place
            """;

    /** Those heard of within 30 s, the oldest first; one statement. */
    public static List<DeliveryProcess> live(Connection connection) throws SQLException {
        List<DeliveryProcess> live = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                // A row a relay; those of one process follow each other.
                int last = live.size() - 1;
                if (last < 0 || !live.get(last).name.equals(row.getString(1))) {
                    live.add(process(row));
                }
                if (row.getString(8) != null) {
                    live.get(live.size() - 1).relays.add(relay(row));
                }
            }
        }
        return live;
    }

    private static DeliveryProcess process(ResultSet row) throws SQLException {
        return new DeliveryProcess(
                row.getString(1),
                row.getString(2),
                row.getTimestamp(3).toInstant(),
                row.getTimestamp(4).toInstant(),
                row.getInt(5),
                row.getLong(6),
                row.getLong(7),
                new ArrayList<>());
    }

    private static Relay relay(ResultSet row) throws SQLException {
        java.sql.@Nullable Timestamp since = row.getTimestamp(10);
        return new Relay(
                row.getString(8), row.getBoolean(9), since == null ? null : since.toInstant(), row.getString(11));
    }
}
