package dev.herald.server.directory;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.Session;
import dev.herald.v1.Student;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.hibernate.StatelessSession;

/**
 * Fills the directory and deletes from it. Each call is one transaction: all items are written, or none. Everything is
 * refused with DIRECTORY_SHARED where the directory belongs to the campus system. Field rules of the contract must have been
 * checked before. Thread-safe.
 */
public final class DirectoryWriter {
    private final Transactions transactions;
    private final DirectoryOwner owner;
    private final DirectoryItems items;
    private final DirectoryRepository repository = new DirectoryRepository();
    private final AuditLog audit = new AuditLog();

    /**
     * A writer on a database.
     *
     * @param addressCheck whether an address, free of control characters, is one that a relay could take
     */
    public DirectoryWriter(Transactions transactions, DirectoryOwner owner, Predicate<String> addressCheck) {
        this.transactions = transactions;
        this.owner = owner;
        this.items = new DirectoryItems(addressCheck);
    }

    /** Inserts or replaces courses. */
    public UpsertCount upsertCourses(List<dev.herald.v1.Course> courses) {
        return upsertCourses(courses, i -> "courses[" + i + "]");
    }

    /** Inserts or replaces users. */
    public UpsertCount upsertUsers(List<dev.herald.v1.User> users) {
        return upsertUsers(users, i -> "users[" + i + "]");
    }

    /** Inserts or replaces student profiles, whose users must exist: REFERENCE_NOT_FOUND names each that doesn't. */
    public UpsertCount upsertStudents(List<Student> students) {
        return upsertStudents(students, i -> "students[" + i + "]");
    }

    /** Inserts or replaces sessions, whose courses must exist: REFERENCE_NOT_FOUND names each that doesn't. */
    public UpsertCount upsertSessions(List<Session> sessions) {
        return upsertSessions(sessions, i -> "sessions[" + i + "]");
    }

    /** Inserts or replaces the session that a request carries in its field {@code session}, in the caller's transaction. */
    public ClassSession upsertSession(StatelessSession transaction, Session details) {
        refuseShared();
        items.checkSessions(List.of(details), i -> "session");
        ClassSession row = ClassSession.of(details);
        Transactions.onConnection(transaction, connection -> write(connection, List.of(row), i -> "session"));
        return row;
    }

    /** Deletes a session with its notifications and revokes its tokens; SESSION_NOT_FOUND when there is none. */
    public void deleteSession(long sessionId) {
        refuseShared();
        if (!transactions.writeSql(connection -> deleteSession(connection, sessionId))) {
            throw notFound(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND, "session", "session_id", sessionId);
        }
    }

    /** Deletes a student profile with its notifications and revokes its tokens; STUDENT_NOT_FOUND when there is none. */
    public void deleteStudent(long studentProfileId) {
        refuseShared();
        if (!transactions.writeSql(connection -> deleteStudent(connection, studentProfileId))) {
            throw notFound(
                    ErrorReason.ERROR_REASON_STUDENT_NOT_FOUND,
                    "student profile",
                    "student_profile_id",
                    studentProfileId);
        }
    }

    /** Deletes a user, its student profiles and their notifications; USER_NOT_FOUND when there is none. */
    public void eraseUser(long userId) {
        refuseShared();
        if (!transactions.writeSql(connection -> eraseUser(connection, userId))) {
            throw notFound(ErrorReason.ERROR_REASON_USER_NOT_FOUND, "user", "user_id", userId);
        }
    }

    private boolean deleteSession(Connection connection, long sessionId) throws SQLException {
        Facts before = new Facts().with("notifications", repository.countNotificationsOf(connection, sessionId));
        boolean deleted = repository.deleteSession(connection, sessionId);
        return audited(connection, deleted, Act.of("DeleteSession", "session/" + sessionId), before);
    }

    private boolean deleteStudent(Connection connection, long studentProfileId) throws SQLException {
        long[] students = {studentProfileId};
        Facts before = new Facts().with("notifications", repository.countNotificationsTo(connection, students));
        boolean deleted = repository.deleteStudent(connection, studentProfileId);
        return audited(connection, deleted, Act.of("DeleteStudent", "student/" + studentProfileId), before);
    }

    private boolean eraseUser(Connection connection, long userId) throws SQLException {
        long[] students = repository.studentsOf(connection, userId);
        Facts before = new Facts()
                .withIds("student_profile_ids", students)
                .with("notifications", repository.countNotificationsTo(connection, students));
        boolean deleted = repository.deleteUser(connection, userId);
        return audited(connection, deleted, Act.of("EraseUser", "user/" + userId), before);
    }

    private boolean audited(Connection connection, boolean deleted, Act act, Facts before) throws SQLException {
        if (deleted) {
            audit.write(connection, act.before(before).after(new Facts().with("deleted", true)));
        }
        return deleted;
    }

    /** A bulk load in batches, each its own transaction. */
    DirectoryImport startImport() {
        refuseShared();
        return new DirectoryImport(this);
    }

    UpsertCount upsertCourses(List<dev.herald.v1.Course> courses, IntFunction<String> path) {
        refuseShared();
        items.checkCourses(courses, path);
        List<Course> rows = courses.stream().map(Course::of).toList();
        return transactions.writeSql(connection -> repository.upsertCourses(connection, rows));
    }

    UpsertCount upsertUsers(List<dev.herald.v1.User> users, IntFunction<String> path) {
        refuseShared();
        items.checkUsers(users, path);
        List<User> rows = users.stream().map(User::of).toList();
        return transactions.writeSql(connection -> repository.upsertUsers(connection, rows));
    }

    UpsertCount upsertStudents(List<Student> students, IntFunction<String> path) {
        refuseShared();
        items.checkStudents(students, path);
        List<StudentProfile> rows = students.stream().map(StudentProfile::of).toList();
        long[] userIds = rows.stream().mapToLong(StudentProfile::userId).toArray();
        return transactions.writeSql(connection -> {
            refuseMissing("users", userIds, repository.holdUsers(connection, userIds), i -> path.apply(i) + ".user_id");
            return repository.upsertStudents(connection, rows);
        });
    }

    UpsertCount upsertSessions(List<Session> sessions, IntFunction<String> path) {
        refuseShared();
        items.checkSessions(sessions, path);
        List<ClassSession> rows = sessions.stream().map(ClassSession::of).toList();
        return transactions.writeSql(connection -> write(connection, rows, path));
    }

    private UpsertCount write(Connection connection, List<ClassSession> rows, IntFunction<String> path)
            throws SQLException {
        long[] courseIds = rows.stream().mapToLong(ClassSession::courseId).toArray();
        refuseMissing(
                "courses", courseIds, repository.holdCourses(connection, courseIds), i -> path.apply(i) + ".course_id");
        return repository.upsertSessions(connection, rows);
    }

    private void refuseShared() {
        if (owner == DirectoryOwner.SHARED) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_DIRECTORY_SHARED,
                    "the directory belongs to the campus system (DIRECTORY=shared); write there");
        }
    }

    private static void refuseMissing(String table, long[] ids, Set<Long> existing, IntFunction<String> field) {
        List<FieldFault> faults = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (!existing.contains(ids[i])) {
                faults.add(new FieldFault(
                        field.apply(i),
                        "REFERENCE_NOT_FOUND",
                        table + "/" + ids[i] + " does not exist; upsert it first"));
            }
        }
        if (!faults.isEmpty()) {
            String missing = Arrays.stream(ids)
                    .filter(id -> !existing.contains(id))
                    .distinct()
                    .limit(20)
                    .mapToObj(id -> table + "/" + id)
                    .collect(Collectors.joining(", "));
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND, Map.of("references", missing), faults);
        }
    }

    private static HeraldException notFound(ErrorReason reason, String what, String field, long id) {
        return HeraldException.of(reason, "no " + what + " has the id " + id, Map.of(field, Long.toString(id)));
    }
}
