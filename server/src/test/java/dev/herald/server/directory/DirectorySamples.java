package dev.herald.server.directory;

import com.google.protobuf.util.Timestamps;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.Course;
import dev.herald.v1.Session;
import dev.herald.v1.Student;
import dev.herald.v1.User;
import java.sql.Connection;
import java.sql.ResultSet;
import java.text.ParseException;

/** Ordinary items for the tests of this room, and a database to put them in. */
final class DirectorySamples {
    private DirectorySamples() {}

    static Database database() {
        return TestDatabase.open(DirectoryRepository.entities().toArray(Class<?>[]::new));
    }

    static DirectoryWriter writer(Database database) {
        return new DirectoryWriter(database.transactions(), DirectoryOwner.OWN, address -> address.contains("@"));
    }

    /** One on a directory that nothing hangs on, as far as it is counted. */
    static DirectoryEraser eraser(DirectoryWriter writer) {
        return writer.eraser(new Dependents() {
            @Override
            public long ofSession(Connection connection, long sessionId) {
                return 0;
            }

            @Override
            public long ofStudents(Connection connection, long[] studentProfileIds) {
                return 0;
            }
        });
    }

    static Course.Builder course(long id) {
        return Course.newBuilder().setCourseId(id).setCourseCode("CS" + id).setCourseName("Computing " + id);
    }

    static User.Builder user(long id) {
        return User.newBuilder()
                .setUserId(id)
                .setEmail("student" + id + "@example.org")
                .setFirstName("Asha")
                .setLastName("Rao")
                .setUserType("student");
    }

    static Student.Builder student(long id, long userId) {
        return Student.newBuilder().setStudentProfileId(id).setUserId(userId).setProgramId(7);
    }

    static Session.Builder session(long id, long courseId) {
        try {
            return Session.newBuilder()
                    .setSessionId(id)
                    .setCourseId(courseId)
                    .setProgramId(7)
                    .setTimeCreated(Timestamps.parse("2025-10-25T02:30:00Z"))
                    .setTimeEnded(Timestamps.parse("2025-10-25T03:30:00.123456Z"));
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    /** The one number a query answers. */
    static long number(Database database, String sql) {
        return database.transactions().readSql(connection -> {
            try (var statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }
}
