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
 * What is queued of one kind and priority. A lease that ran out counts for nothing.
 *
 * @param due how many may leave now and are in no process's hands
 * @param waiting how many wait for a later moment
 * @param inHand how many are in a process's hands
 * @param failed how many were given up, and are kept for a retry
 * @param oldestDue since when the oldest of what is due has been so; null when nothing is
 * @param oldestSeconds how long that is, by the database's clock; 0 when nothing is due
 */
public record QueueDepth(
        String kind,
        Priority priority,
        long due,
        long waiting,
        long inHand,
        long failed,
        @Nullable Instant oldestDue,
        double oldestSeconds) {

    private static final String SELECT = """
            WITH entries AS (
                SELECT kind, priority, parked, due_at, NOT parked AND coalesce(lease_until >= now(), false) AS in_hand FROM outbox
            )
            SELECT kind, priority,
                   count(*) FILTER (WHERE NOT parked AND NOT in_hand AND due_at <= now()),
                   count(*) FILTER (WHERE NOT parked AND NOT in_hand AND due_at > now()),
                   count(*) FILTER (WHERE in_hand),
                   count(*) FILTER (WHERE parked),
                   min(due_at) FILTER (WHERE NOT parked AND NOT in_hand AND due_at <= now()),
                   coalesce(extract(epoch FROM now()
                       - min(due_at) FILTER (WHERE NOT parked AND NOT in_hand AND due_at <= now())), 0)
            FROM entries
            GROUP BY kind, priority
            ORDER BY kind, priority
            """;

    /** Reads the whole queue; what is empty is left out. */
    public static List<QueueDepth> read(Connection connection) throws SQLException {
        List<QueueDepth> depths = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SELECT);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                java.sql.@Nullable Timestamp oldest = row.getTimestamp(7);
                depths.add(new QueueDepth(
                        row.getString(1),
                        Priority.of(row.getInt(2)),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6),
                        oldest == null ? null : oldest.toInstant(),
                        row.getDouble(8)));
            }
        }
        return depths;
    }
}
