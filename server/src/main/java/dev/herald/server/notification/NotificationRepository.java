package dev.herald.server.notification;

import dev.herald.server.delivery.MailKind.FailedRecord;
import dev.herald.server.delivery.MailKind.SentRecord;
import dev.herald.server.persistence.SqlArrays;
import dev.herald.server.token.IssuedToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * The only writer of email_notifications and session_cancellations. Every statement handles a batch. A status is compared by IS NOT DISTINCT FROM where the
 * row is known by its key: by = the planner, whose statistics lag behind a queue, would read all that has the status instead.
 */
final class NotificationRepository {
    private static final String INSERT = """
            INSERT INTO email_notifications (session_id, student_profile_id, token, jti, token_expires_at, created_at)
            SELECT ?, student_profile_id, ? || '.' || payload, jti, ?, ?
            FROM unnest(?::bigint[], ?::text[], ?::text[]) AS issued (student_profile_id, payload, jti)
            """;

    private static final String INSERT_CANCELLED = """
            INSERT INTO email_notifications
                (session_id, student_profile_id, token, jti, token_expires_at, created_at, status, failure_reason, failed_at)
            SELECT ?, student_profile_id, ? || '.' || payload, jti, ?, ?, 'failed', 'cancelled', now()
            FROM unnest(?::bigint[], ?::text[], ?::text[]) AS issued (student_profile_id, payload, jti)
            """;

    /** Costs a fifth more a row than the plain insert. */
    private static final String WHAT_IS_MISSING = "ON CONFLICT (session_id, student_profile_id) DO NOTHING ";

    private static final String RETURNING = "RETURNING email_id";

    /**
     * Lets nobody else generate for the session until the transaction ends. Sessions that share a hash wait too. A session of
     * 100,000 takes longer than other locks are waited for, so this transaction waits as long as a statement may take.
     */
    void holdSession(Connection connection, long sessionId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT set_config('lock_timeout', '10s', true),"
                + " pg_advisory_xact_lock(hashtextextended('herald.generate', ?))")) {
            statement.setLong(1, sessionId);
            statement.execute();
        }
    }

    /**
     * What is known of a session whose lock is held.
     *
     * @param someExist whether it has any notification
     * @param cancelled whether its mail was cancelled
     */
    record Present(boolean someExist, boolean cancelled) {}

    Present present(Connection connection, long sessionId) throws SQLException {
        // The order makes it a look at the index, also where the planner knows nothing of the table yet.
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT (SELECT email_id FROM email_notifications WHERE session_id = ? ORDER BY student_profile_id LIMIT 1)
                           IS NOT NULL,
                       EXISTS (SELECT FROM session_cancellations WHERE session_id = ?)
                """)) {
            statement.setLong(1, sessionId);
            statement.setLong(2, sessionId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Present(row.getBoolean(1), row.getBoolean(2));
            }
        }
    }

    /** Notes that the session's mail is cancelled, for good. */
    void noteCancelled(Connection connection, long sessionId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO session_cancellations (session_id) VALUES (?) ON CONFLICT (session_id) DO NOTHING")) {
            statement.setLong(1, sessionId);
            statement.executeUpdate();
        }
    }

    /**
     * Inserts a batch, pending, or failed where the session is cancelled; the ids of what was inserted. Where some may be there
     * already they are left as they are.
     *
     * @param tokens one a student, in the students' order, all under one key
     */
    long[] insertAll(
            Connection connection,
            long sessionId,
            long[] students,
            List<IssuedToken> tokens,
            Instant expiresAt,
            Instant createdAt,
            Present present)
            throws SQLException {
        String sql = (present.cancelled() ? INSERT_CANCELLED : INSERT)
                + (present.someExist() ? WHAT_IS_MISSING : "")
                + RETURNING;
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, sessionId);
            statement.setString(2, tokens.get(0).header());
            statement.setObject(3, utc(expiresAt));
            statement.setObject(4, utc(createdAt));
            statement.setObject(5, students);
            statement.setObject(6, texts(tokens, IssuedToken::payload));
            statement.setObject(7, texts(tokens, IssuedToken::jti));
            return ids(statement);
        }
    }

    void markSent(Connection connection, List<SentRecord> records) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                UPDATE email_notifications n
                SET status = 'sent', sent_at = to_timestamp(at_micros / 1000000.0)
                FROM unnest(?::bigint[], ?::bigint[]) AS sent (email_id, at_micros)
                WHERE n.email_id = sent.email_id AND n.status IS NOT DISTINCT FROM 'pending'
                """)) {
            statement.setObject(1, SqlArrays.longs(records, SentRecord::refId));
            statement.setObject(
                    2,
                    records.stream()
                            .mapToLong(sent -> SqlArrays.micros(sent.sentAt()))
                            .toArray());
            statement.executeUpdate();
        }
    }

    void markFailed(Connection connection, List<FailedRecord> records) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                UPDATE email_notifications n
                SET status = 'failed', failure_reason = reason, failed_at = now()
                FROM unnest(?::bigint[], ?::text[]) AS failed (email_id, reason)
                WHERE n.email_id = failed.email_id AND n.status IS NOT DISTINCT FROM 'pending'
                """)) {
            statement.setObject(1, SqlArrays.longs(records, FailedRecord::refId));
            statement.setArray(
                    2,
                    SqlArrays.texts(
                            connection, records, failed -> failed.reason().word()));
            statement.executeUpdate();
        }
    }

    /** Puts failed notifications back to pending, with a new token where one is given. */
    void markRetried(Connection connection, List<RetriedRecord> records) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                UPDATE email_notifications n
                SET status = 'pending', failure_reason = NULL, failed_at = NULL, sent_at = NULL,
                    token = coalesce(new.token, n.token), jti = coalesce(new.jti, n.jti),
                    token_expires_at = coalesce(to_timestamp(new.expires_at), n.token_expires_at),
                    generation = n.generation + (new.token IS NOT NULL)::int
                FROM unnest(?::bigint[], ?::text[], ?::text[], ?::bigint[]) AS new (email_id, token, jti, expires_at)
                WHERE n.email_id = new.email_id AND n.status IS NOT DISTINCT FROM 'failed'
                """)) {
            statement.setObject(1, SqlArrays.longs(records, RetriedRecord::emailId));
            statement.setArray(
                    2,
                    SqlArrays.texts(
                            connection,
                            records,
                            record -> record.token()
                                    .map(IssuedToken::signingInput)
                                    .orElse(null)));
            statement.setArray(
                    3,
                    SqlArrays.texts(
                            connection,
                            records,
                            record -> record.token().map(IssuedToken::jti).orElse(null)));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "bigint",
                            records.stream()
                                    .map(record -> record.token().isPresent()
                                            ? record.expiresAt().getEpochSecond()
                                            : null)
                                    .toArray()));
            statement.executeUpdate();
        }
    }

    /** The session's notifications that aren't sent. */
    long[] findUnsent(Connection connection, long sessionId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT email_id FROM email_notifications WHERE session_id = ? AND status <> 'sent' ORDER BY email_id")) {
            statement.setLong(1, sessionId);
            return ids(statement);
        }
    }

    /** What was cancelled, by what it had been. */
    record Cancelled(int pending, int failed) {}

    /**
     * Cancels those of these notifications that aren't sent, or cancelled before. They are locked first: what each had been is
     * what it was when nobody could change it any more.
     */
    Cancelled markCancelled(Connection connection, long[] emailIds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                WITH before AS MATERIALIZED (
                    SELECT email_id, status, failure_reason FROM email_notifications WHERE email_id = ANY(?)
                    ORDER BY email_id FOR NO KEY UPDATE
                ), cancelled AS (
                    UPDATE email_notifications n
                    SET status = 'failed', failure_reason = 'cancelled', failed_at = now()
                    FROM before
                    WHERE n.email_id = before.email_id AND before.status <> 'sent'
                        AND before.failure_reason IS DISTINCT FROM 'cancelled'
                    RETURNING before.status
                )
                SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FILTER (WHERE status = 'failed') FROM cancelled
                """)) {
            statement.setObject(1, emailIds);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Cancelled(row.getInt(1), row.getInt(2));
            }
        }
    }

    /**
     * Deletes finished notifications of sessions that ended before a moment, at most so many; how many. Never one that is pending,
     * still to be delivered, or whose link is still good: it would be made anew. Queue entries and attempts go with them, by a trigger.
     */
    int deleteEnded(Connection connection, Instant before, Instant now, int most) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                DELETE FROM email_notifications
                WHERE email_id = ANY(ARRAY(
                    SELECT n.email_id
                    FROM sessions s JOIN email_notifications n ON n.session_id = s.session_id
                    WHERE s.time_ended < ? AND n.status IN ('sent', 'failed') AND n.token_expires_at < ?
                        AND NOT EXISTS (SELECT FROM outbox o
                                        WHERE o.ref_id = n.email_id AND o.kind = 'attendance_session' AND NOT o.parked)
                    LIMIT ?
                    FOR NO KEY UPDATE OF n SKIP LOCKED))
                """)) {
            statement.setObject(1, utc(before));
            statement.setObject(2, utc(now));
            statement.setInt(3, most);
            return statement.executeUpdate();
        }
    }

    /** The driver sends an array of strings in binary, which the server needn't parse. */
    private static String[] texts(List<IssuedToken> tokens, Function<IssuedToken, String> part) {
        return tokens.stream().map(part).toArray(String[]::new);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static long[] ids(PreparedStatement statement) throws SQLException {
        LongStream.Builder ids = LongStream.builder();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
        }
        return ids.build().toArray();
    }
}
