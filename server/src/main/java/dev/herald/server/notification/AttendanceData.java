package dev.herald.server.notification;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything an attendance mail is made of, as it is at this moment. */
record AttendanceData(
        long emailId,
        String status,
        String token,
        Instant tokenExpiresAt,
        int generation,
        Instant sessionStart,
        Instant sessionEnd,
        @Nullable String timeZone,
        @Nullable String courseName,
        @Nullable String courseCode,
        @Nullable String address,
        @Nullable String firstName,
        @Nullable String lastName,
        boolean active,
        boolean tokenSpent) {

    /** The data of those notifications that exist, by id; one round trip. */
    static Map<Long, AttendanceData> find(Connection connection, long[] emailIds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT n.email_id, n.status, n.token, n.token_expires_at, n.generation, s.time_created, s.time_ended, s.time_zone,
                       c.course_name, c.course_code, u.email, u.first_name, u.last_name,
                       coalesce(p.is_active AND u.is_active, false),
                       EXISTS (SELECT FROM token_states t WHERE t.jti = n.jti)
                FROM email_notifications n
                JOIN sessions s ON s.session_id = n.session_id
                LEFT JOIN courses c ON c.course_id = s.course_id
                LEFT JOIN student_profiles p ON p.student_profile_id = n.student_profile_id
                LEFT JOIN users u ON u.user_id = p.user_id
                WHERE n.email_id = ANY(?)
                """)) {
            statement.setObject(1, emailIds);
            Map<Long, AttendanceData> found = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(row.getLong(1), read(row));
                }
            }
            return found;
        }
    }

    private static AttendanceData read(ResultSet row) throws SQLException {
        return new AttendanceData(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getTimestamp(4).toInstant(),
                row.getInt(5),
                row.getTimestamp(6).toInstant(),
                row.getTimestamp(7).toInstant(),
                row.getString(8),
                row.getString(9),
                row.getString(10),
                row.getString(11),
                row.getString(12),
                row.getString(13),
                row.getBoolean(14),
                row.getBoolean(15));
    }
}
