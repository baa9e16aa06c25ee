package dev.herald.server.directory;

import static dev.herald.server.directory.BulkUpsert.column;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.hibernate.StatelessSession;
import org.jspecify.annotations.Nullable;

/**
 * Reads users, student_profiles, courses and sessions, and is their only writer. Reads work on a shared directory too, also
 * where its ids are narrower than 64 bits: an id that doesn't fit is simply absent. Stateless and thread-safe.
 */
public final class DirectoryRepository {
    private static final BulkUpsert<Course> COURSES = new BulkUpsert<>(
            "courses",
            Course::courseId,
            List.of(
                    column("course_id", "bigint", Course::courseId),
                    column("course_code", "text", Course::courseCode),
                    column("course_name", "text", Course::courseName)));

    private static final BulkUpsert<User> USERS = new BulkUpsert<>(
            "users",
            User::userId,
            List.of(
                    column("user_id", "bigint", User::userId),
                    column("email", "text", User::email),
                    column("first_name", "text", User::firstName),
                    column("last_name", "text", User::lastName),
                    column("user_type", "text", User::userType),
                    column("is_active", "boolean", User::active)));

    private static final BulkUpsert<StudentProfile> STUDENTS = new BulkUpsert<>(
            "student_profiles",
            StudentProfile::studentProfileId,
            List.of(
                    column("student_profile_id", "bigint", StudentProfile::studentProfileId),
                    column("user_id", "bigint", StudentProfile::userId),
                    column("program_id", "bigint", StudentProfile::programId),
                    column("stream_id", "bigint", StudentProfile::streamId),
                    column("is_active", "boolean", StudentProfile::active)));

    private static final BulkUpsert<ClassSession> SESSIONS = new BulkUpsert<>(
            "sessions",
            ClassSession::sessionId,
            List.of(
                    column("session_id", "bigint", ClassSession::sessionId),
                    column("course_id", "bigint", ClassSession::courseId),
                    column("program_id", "bigint", ClassSession::programId),
                    column("stream_id", "bigint", ClassSession::streamId),
                    column("time_created", "timestamptz", ClassSession::timeCreated),
                    column("time_ended", "timestamptz", ClassSession::timeEnded),
                    column("location", "text", ClassSession::location),
                    column("time_zone", "text", ClassSession::timeZone)));

    private static final String ELIGIBLE = """
            SELECT p.student_profile_id FROM student_profiles p JOIN users u ON u.user_id = p.user_id
            WHERE p.program_id = ? AND (?::bigint IS NULL OR p.stream_id = ?::bigint)
              AND p.is_active AND u.is_active AND p.student_profile_id > ?
            ORDER BY p.student_profile_id LIMIT ?
            """;

    /** The entities to map when the database is opened. */
    public static List<Class<?>> entities() {
        return List.of(User.class, StudentProfile.class, Course.class, ClassSession.class);
    }

    /** The session as it is now; empty when there is none. */
    public Optional<ClassSession> findSession(StatelessSession session, long sessionId) {
        return Optional.ofNullable(session.get(ClassSession.class, sessionId));
    }

    /** Whether the session exists. */
    public boolean sessionExists(Connection connection, long sessionId) throws SQLException {
        return exists(connection, "SELECT FROM sessions WHERE session_id = ?", sessionId);
    }

    /**
     * The next student profiles that are eligible for a session: of its program, of its stream if it has one, active, with an
     * active user.
     *
     * @param afterStudentProfileId the last id of the page before; 0 for the first page
     * @param limit how many at most; fewer come only on the last page
     * @return ids in ascending order
     */
    public long[] eligibleStudents(Connection connection, ClassSession session, long afterStudentProfileId, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ELIGIBLE)) {
            statement.setLong(1, session.programId());
            setNullable(statement, 2, session.streamId());
            setNullable(statement, 3, session.streamId());
            statement.setLong(4, afterStudentProfileId);
            statement.setInt(5, limit);
            return ids(statement);
        }
    }

    UpsertCount upsertCourses(Connection connection, List<Course> courses) throws SQLException {
        return COURSES.write(connection, courses);
    }

    UpsertCount upsertUsers(Connection connection, List<User> users) throws SQLException {
        return USERS.write(connection, users);
    }

    UpsertCount upsertStudents(Connection connection, List<StudentProfile> students) throws SQLException {
        return STUDENTS.write(connection, students);
    }

    UpsertCount upsertSessions(Connection connection, List<ClassSession> sessions) throws SQLException {
        return SESSIONS.write(connection, sessions);
    }

    /** Which of the courses exist; they go on existing until the transaction ends. */
    Set<Long> holdCourses(Connection connection, long[] courseIds) throws SQLException {
        return hold(
                connection,
                "SELECT course_id FROM courses WHERE course_id = ANY (?) ORDER BY course_id FOR KEY SHARE",
                courseIds);
    }

    /** Which of the users exist; they go on existing until the transaction ends. */
    Set<Long> holdUsers(Connection connection, long[] userIds) throws SQLException {
        return hold(
                connection,
                "SELECT user_id FROM users WHERE user_id = ANY (?) ORDER BY user_id FOR KEY SHARE",
                userIds);
    }

    /** Whether the session exists; if so nobody refers to it anew, or changes it, until the transaction ends. */
    boolean lockSession(Connection connection, long sessionId) throws SQLException {
        return exists(connection, "SELECT FROM sessions WHERE session_id = ? FOR UPDATE", sessionId);
    }

    /** The same for a student profile. */
    boolean lockStudent(Connection connection, long studentProfileId) throws SQLException {
        return exists(
                connection, "SELECT FROM student_profiles WHERE student_profile_id = ? FOR UPDATE", studentProfileId);
    }

    /** The same for a user. */
    boolean lockUser(Connection connection, long userId) throws SQLException {
        return exists(connection, "SELECT FROM users WHERE user_id = ? FOR UPDATE", userId);
    }

    /** The student profiles of a user that is locked, locked too. */
    long[] lockStudentsOf(Connection connection, long userId) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT student_profile_id FROM student_profiles WHERE user_id = ?"
                        + " ORDER BY student_profile_id FOR UPDATE")) {
            statement.setLong(1, userId);
            return ids(statement);
        }
    }

    /** Deletes a session and, by cascade, its notifications; triggers revoke its tokens. */
    void deleteSession(Connection connection, long sessionId) throws SQLException {
        delete(connection, "DELETE FROM sessions WHERE session_id = ?", sessionId);
    }

    /** The same for a student profile. */
    void deleteStudent(Connection connection, long studentProfileId) throws SQLException {
        delete(connection, "DELETE FROM student_profiles WHERE student_profile_id = ?", studentProfileId);
    }

    /** Deletes a user and, by cascade, its student profiles and their notifications. */
    void deleteUser(Connection connection, long userId) throws SQLException {
        delete(connection, "DELETE FROM users WHERE user_id = ?", userId);
    }

    private static void setNullable(PreparedStatement statement, int index, @Nullable Long value) throws SQLException {
        statement.setObject(index, value, Types.BIGINT);
    }

    private static Set<Long> hold(Connection connection, String sql, long[] ids) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "bigint", Arrays.stream(ids).distinct().boxed().toArray()));
            Set<Long> found = new HashSet<>();
            for (long id : ids(statement)) {
                found.add(id);
            }
            return found;
        }
    }

    private static boolean exists(Connection connection, String sql, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static void delete(Connection connection, String sql, long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, id);
            statement.executeUpdate();
        }
    }

    private static long[] ids(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            LongStream.Builder ids = LongStream.builder();
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
            return ids.build().toArray();
        }
    }
}
