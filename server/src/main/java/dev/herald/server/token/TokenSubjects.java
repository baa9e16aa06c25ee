package dev.herald.server.token;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;

/** Whether those that tokens speak of exist. */
record TokenSubjects(boolean sessionExists, boolean studentExists) {
    private static final String SQL = "SELECT EXISTS (SELECT FROM sessions WHERE session_id = ?),"
            + " EXISTS (SELECT FROM student_profiles WHERE student_profile_id = ?)";

    static TokenSubjects find(Connection connection, long sessionId, long studentProfileId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setLong(1, sessionId);
            statement.setLong(2, studentProfileId);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new TokenSubjects(row.getBoolean(1), row.getBoolean(2));
            }
        }
    }

    static HeraldException noSession(long sessionId) {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_SESSION_NOT_FOUND,
                "no session has this id; upsert it first",
                Map.of("session_id", Long.toString(sessionId)));
    }

    static HeraldException noStudent(long studentProfileId) {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_STUDENT_NOT_FOUND,
                "no student profile has this id; upsert it first",
                Map.of("student_profile_id", Long.toString(studentProfileId)));
    }
}
