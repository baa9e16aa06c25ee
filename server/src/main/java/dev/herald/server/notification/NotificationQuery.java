package dev.herald.server.notification;

import com.google.protobuf.Timestamp;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.Notification;
import dev.herald.v1.SessionDelivery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads notifications as the contract shows them, each question one statement. */
final class NotificationQuery {
    private static final String SELECT = """
            SELECT n.email_id, n.session_id, n.student_profile_id, n.status, n.token_expires_at, n.created_at, n.sent_at,
                   n.generation, n.failure_reason,
                   (SELECT count(*) FROM delivery_attempts a WHERE a.kind = 'attendance_session' AND a.ref_id = n.email_id),
                   (SELECT o.due_at FROM outbox o WHERE o.kind = 'attendance_session' AND o.ref_id = n.email_id AND NOT o.parked)
            FROM email_notifications n
            """;

    private NotificationQuery() {}

    static Optional<Notification> find(Connection connection, long emailId) throws SQLException {
        return read(connection, SELECT + "WHERE n.email_id = ?", List.of(emailId)).stream()
                .findFirst();
    }

    /** Newest first, from below an id. */
    static List<Notification> list(
            Connection connection, ListNotificationsRequest request, long beforeEmailId, int limit)
            throws SQLException {
        StringBuilder sql = new StringBuilder(SELECT + "WHERE n.email_id < ?");
        List<Object> values = new ArrayList<>(List.of(beforeEmailId));
        if (request.getSessionId() != 0) {
            add(sql, values, " AND n.session_id = ?", request.getSessionId());
        }
        if (request.getStudentProfileId() != 0) {
            add(sql, values, " AND n.student_profile_id = ?", request.getStudentProfileId());
        }
        if (request.getStatusValue() != 0) {
            add(sql, values, " AND n.status = ?", NotificationWords.word(request.getStatus()));
        }
        if (request.getFailureReasonValue() != 0) {
            add(sql, values, " AND n.failure_reason = ?", NotificationWords.word(request.getFailureReason()));
        }
        if (request.hasCreatedAfter()) {
            add(sql, values, " AND n.created_at >= ?", utc(request.getCreatedAfter()));
        }
        if (request.hasCreatedBefore()) {
            add(sql, values, " AND n.created_at < ?", utc(request.getCreatedBefore()));
        }
        add(sql, values, " ORDER BY n.email_id DESC LIMIT ?", limit);
        return read(connection, sql.toString(), values);
    }

    /** How far delivery is, by session; without those that don't exist. */
    static Map<Long, SessionDelivery> deliveries(Connection connection, long[] sessionIds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT count(n.email_id), count(*) FILTER (WHERE n.status = 'pending'), count(*) FILTER (WHERE n.status = 'sent'),
                       count(*) FILTER (WHERE n.status = 'failed'), min(n.created_at) FILTER (WHERE n.status = 'pending'),
                       max(n.sent_at),
                       array(SELECT email_id FROM email_notifications
                             WHERE session_id = s.session_id AND status = 'failed' ORDER BY email_id LIMIT 100),
                       s.session_id
                FROM sessions s LEFT JOIN email_notifications n ON n.session_id = s.session_id
                WHERE s.session_id = ANY(?)
                GROUP BY s.session_id
                """)) {
            statement.setObject(1, sessionIds);
            Map<Long, SessionDelivery> deliveries = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    deliveries.put(row.getLong(8), delivery(row, row.getLong(8)));
                }
            }
            return deliveries;
        }
    }

    private static SessionDelivery delivery(ResultSet row, long sessionId) throws SQLException {
        SessionDelivery.Builder delivery = SessionDelivery.newBuilder()
                .setSessionId(sessionId)
                .setTotal(row.getInt(1))
                .setPending(row.getInt(2))
                .setSent(row.getInt(3))
                .setFailed(row.getInt(4));
        setTime(row, 5, delivery::setOldestPendingAt);
        setTime(row, 6, delivery::setLastSentAt);
        for (Long id : (Long[]) row.getArray(7).getArray()) {
            delivery.addFailedEmailIds(id);
        }
        return delivery.build();
    }

    private static List<Notification> read(Connection connection, String sql, List<Object> values) throws SQLException {
        List<Notification> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(notification(row));
                }
            }
        }
        return found;
    }

    private static Notification notification(ResultSet row) throws SQLException {
        Notification.Builder notification = Notification.newBuilder()
                .setEmailId(row.getLong(1))
                .setSessionId(row.getLong(2))
                .setStudentProfileId(row.getLong(3))
                .setStatus(NotificationWords.status(row.getString(4)))
                .setGeneration(row.getInt(8))
                .setAttemptCount(row.getInt(10));
        setTime(row, 5, notification::setTokenExpiresAt);
        setTime(row, 6, notification::setCreatedAt);
        setTime(row, 7, notification::setSentAt);
        setTime(row, 11, notification::setNextAttemptAt);
        @Nullable String reason = row.getString(9);
        if (reason != null) {
            notification.setFailureReason(NotificationWords.reason(reason));
        }
        return notification.build();
    }

    private static void setTime(ResultSet row, int column, Consumer<Timestamp> setter) throws SQLException {
        java.sql.Timestamp value = row.getTimestamp(column);
        if (value != null) {
            setter.accept(ProtoTimes.timestamp(value.toInstant()));
        }
    }

    private static void add(StringBuilder sql, List<Object> values, String condition, Object value) {
        sql.append(condition);
        values.add(value);
    }

    private static Object utc(Timestamp timestamp) {
        return ProtoTimes.instant(timestamp).atOffset(ZoneOffset.UTC);
    }
}
