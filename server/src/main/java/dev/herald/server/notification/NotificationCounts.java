package dev.herald.server.notification;

import dev.herald.server.directory.Dependents;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Counts the notifications that go when a session or a student does. Stateless and thread-safe. */
public final class NotificationCounts implements Dependents {
    @Override
    public long ofSession(Connection connection, long sessionId) throws SQLException {
        return count(connection, "session_id = ?", sessionId);
    }

    @Override
    public long ofStudents(Connection connection, long[] studentProfileIds) throws SQLException {
        return count(connection, "student_profile_id = ANY (?)", studentProfileIds);
    }

    private static long count(Connection connection, String where, Object value) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT count(*) FROM email_notifications WHERE " + where)) {
            statement.setObject(1, value);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
