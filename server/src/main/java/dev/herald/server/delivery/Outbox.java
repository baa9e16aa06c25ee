package dev.herald.server.delivery;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.hibernate.StatelessSession;

/**
 * The way into the queue, within the caller's transaction, so that a record and its queue entry exist together or not at all.
 * After the commit wake the {@link DeliveryEngine}. Thread-safe.
 */
public final class Outbox {
    /**
     * What a place further back in its group costs, so that a large group doesn't hold up a later small one: as long as 20 mails
     * a second leave, what is still before it was queued less than a second earlier.
     */
    private static final long SPACING_MICROS = 50_000;

    /**
     * Queues mails. The trace of the call that does so goes with them, where it is recorded.
     *
     * @param refIds the records' ids, in the order they should leave
     * @param place how many of the same group were queued before these
     */
    public void enqueue(Connection connection, String kind, long[] refIds, Priority priority, int place)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO outbox (kind, ref_id, priority, rank, trace)
                SELECT ?, ref_id, ?, (SELECT (extract(epoch FROM now()) * 1000000)::bigint) + ? + (? + place) * ?, ?::text
                FROM unnest(?::bigint[]) WITH ORDINALITY AS refs (ref_id, place)
                """)) {
            statement.setString(1, kind);
            statement.setInt(2, priority.level());
            statement.setLong(3, priority.offsetMicros());
            statement.setLong(4, place);
            statement.setLong(5, SPACING_MICROS);
            statement.setString(6, QueueTrace.current());
            statement.setObject(7, refIds);
            statement.executeUpdate();
        }
    }

    /**
     * Queues parked mails anew: due at once, with all their attempts before them. They are spaced like a group, so that any number
     * of them doesn't hold up what is queued later.
     *
     * @param place how many of the same retry were queued before these
     */
    public void requeue(Connection connection, String kind, long[] refIds, int place) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO outbox AS o (kind, ref_id, priority, rank, trace)
                SELECT ?, ref_id, ?, (SELECT (extract(epoch FROM now()) * 1000000)::bigint) + ? + (? + place) * ?, ?::text
                FROM unnest(?::bigint[]) WITH ORDINALITY AS refs (ref_id, place)
                ON CONFLICT (ref_id, kind) DO UPDATE
                SET parked = false, due_at = now(), rank = EXCLUDED.rank, attempts = 0, suspect = false, started = false,
                    lost_leases = 0, lease_owner = NULL, lease_until = NULL, fencing_token = o.fencing_token + 1,
                    last_error = NULL, trace = EXCLUDED.trace
                """)) {
            statement.setString(1, kind);
            statement.setInt(2, Priority.NORMAL.level());
            statement.setLong(3, Priority.NORMAL.offsetMicros());
            statement.setLong(4, place);
            statement.setLong(5, SPACING_MICROS);
            statement.setString(6, QueueTrace.current());
            statement.setObject(7, refIds);
            statement.executeUpdate();
        }
    }

    /** Takes mails out of the queue. One that is being sent at this moment loses its lease: its outcome isn't written. */
    public void remove(Connection connection, String kind, long[] refIds) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM outbox WHERE kind = ? AND ref_id = ANY(?)")) {
            statement.setString(1, kind);
            statement.setObject(2, refIds);
            statement.executeUpdate();
        }
    }

    /** The attempts made for a mail, oldest first. */
    public List<DeliveryAttemptEntry> attempts(StatelessSession session, String kind, long refId) {
        return session.createSelectionQuery(
                        "from DeliveryAttemptEntry where refId = :refId and kind = :kind order by attemptId",
                        DeliveryAttemptEntry.class)
                .setParameter("refId", refId)
                .setParameter("kind", kind)
                .getResultList();
    }
}
