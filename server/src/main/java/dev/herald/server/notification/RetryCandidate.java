package dev.herald.server.notification;

import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.RetryFilter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a retry has to know of a notification. */
record RetryCandidate(
        long emailId,
        long sessionId,
        long studentProfileId,
        String status,
        @Nullable String failureReason,
        String token,
        String jti,
        Instant tokenExpiresAt,
        Instant sessionStart,
        Instant sessionEnd,
        boolean tokenSpent) {

    private static final String SELECT = """
            SELECT n.email_id, n.session_id, n.student_profile_id, n.status, n.failure_reason, n.token, n.jti,
                   n.token_expires_at, s.time_created, s.time_ended,
                   EXISTS (SELECT FROM token_states t WHERE t.jti = n.jti)
            FROM email_notifications n JOIN sessions s ON s.session_id = n.session_id
            """;

    private static final String LOCK = " FOR NO KEY UPDATE OF n";

    /** Those of these ids that exist, in the order of their ids. */
    static List<RetryCandidate> find(Connection connection, long[] emailIds, boolean locking) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                SELECT + "WHERE n.email_id = ANY(?) ORDER BY n.email_id" + (locking ? LOCK : ""))) {
            statement.setObject(1, emailIds);
            return read(statement);
        }
    }

    /** The next failed ones that match, lowest id first. */
    static List<RetryCandidate> find(
            Connection connection, RetryFilter filter, long afterEmailId, int limit, boolean locking)
            throws SQLException {
        StringBuilder where = new StringBuilder("WHERE n.status = 'failed' AND n.email_id > ?");
        List<Object> values = new ArrayList<>(List.of(afterEmailId));
        if (filter.getSessionId() != 0) {
            add(where, values, " AND n.session_id = ?", filter.getSessionId());
        }
        if (filter.getFailureReasonValue() != 0) {
            add(where, values, " AND n.failure_reason = ?", NotificationWords.word(filter.getFailureReason()));
        }
        if (filter.hasFailedAfter()) {
            add(where, values, " AND n.failed_at >= ?", utc(ProtoTimes.instant(filter.getFailedAfter())));
        }
        if (filter.hasFailedBefore()) {
            add(where, values, " AND n.failed_at < ?", utc(ProtoTimes.instant(filter.getFailedBefore())));
        }
        add(where, values, " ORDER BY n.email_id LIMIT ?" + (locking ? LOCK : ""), limit);
        try (PreparedStatement statement = connection.prepareStatement(SELECT + where)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            return read(statement);
        }
    }

    private static void add(StringBuilder where, List<Object> values, String condition, Object value) {
        where.append(condition);
        values.add(value);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    private static List<RetryCandidate> read(PreparedStatement statement) throws SQLException {
        List<RetryCandidate> candidates = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                candidates.add(new RetryCandidate(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getString(4),
                        row.getString(5),
                        row.getString(6),
                        row.getString(7),
                        row.getTimestamp(8).toInstant(),
                        row.getTimestamp(9).toInstant(),
                        row.getTimestamp(10).toInstant(),
                        row.getBoolean(11)));
            }
        }
        return candidates;
    }
}
