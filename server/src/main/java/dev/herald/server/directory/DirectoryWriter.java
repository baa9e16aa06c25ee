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
 * Fills the directory. Each call is one transaction: all items are written, or none. Everything is
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

    /** Inserts or replaces courses. What an administrator writes the audit tells, here and below. */
    public UpsertCount upsertCourses(List<dev.herald.v1.Course> courses) {
        return upsertCourses("UpsertCourses", courses, i -> "courses[" + i + "]");
    }

    /** Inserts or replaces users. */
    public UpsertCount upsertUsers(List<dev.herald.v1.User> users) {
        return upsertUsers("UpsertUsers", users, i -> "users[" + i + "]");
    }

    /** Inserts or replaces student profiles, whose users must exist: REFERENCE_NOT_FOUND names each that doesn't. */
    public UpsertCount upsertStudents(List<Student> students) {
        return upsertStudents("UpsertStudents", students, i -> "students[" + i + "]");
    }

    /** Inserts or replaces sessions, whose courses must exist: REFERENCE_NOT_FOUND names each that doesn't. */
    public UpsertCount upsertSessions(List<Session> sessions) {
        return upsertSessions("UpsertSessions", sessions, i -> "sessions[" + i + "]");
    }

    /** Inserts or replaces the session that a request carries in its field {@code session}, in the caller's transaction. */
    public ClassSession upsertSession(StatelessSession transaction, Session details) {
        refuseShared();
        items.checkSessions(List.of(details), i -> "session");
        ClassSession row = ClassSession.of(details);
        Transactions.onConnection(transaction, connection -> write(connection, List.of(row), i -> "session"));
        return row;
    }

    /** What deletes from the same directory. */
    public DirectoryEraser eraser(Dependents dependents) {
        return new DirectoryEraser(transactions, owner, dependents);
    }

    /** A bulk load in batches, each its own transaction. */
    DirectoryImport startImport() {
        refuseShared();
        return new DirectoryImport(this);
    }

    UpsertCount upsertCourses(String action, List<dev.herald.v1.Course> courses, IntFunction<String> path) {
        refuseShared();
        items.checkCourses(courses, path);
        List<Course> rows = courses.stream().map(Course::of).toList();
        long[] ids = rows.stream().mapToLong(Course::courseId).toArray();
        return transactions.writeSql(
                connection -> audited(connection, action, "courses", ids, repository.upsertCourses(connection, rows)));
    }

    UpsertCount upsertUsers(String action, List<dev.herald.v1.User> users, IntFunction<String> path) {
        refuseShared();
        items.checkUsers(users, path);
        List<User> rows = users.stream().map(User::of).toList();
        long[] ids = rows.stream().mapToLong(User::userId).toArray();
        return transactions.writeSql(
                connection -> audited(connection, action, "users", ids, repository.upsertUsers(connection, rows)));
    }

    UpsertCount upsertStudents(String action, List<Student> students, IntFunction<String> path) {
        refuseShared();
        items.checkStudents(students, path);
        List<StudentProfile> rows = students.stream().map(StudentProfile::of).toList();
        long[] ids = rows.stream().mapToLong(StudentProfile::studentProfileId).toArray();
        long[] userIds = rows.stream().mapToLong(StudentProfile::userId).toArray();
        return transactions.writeSql(connection -> {
            refuseMissing("users", userIds, repository.holdUsers(connection, userIds), i -> path.apply(i) + ".user_id");
            return audited(connection, action, "students", ids, repository.upsertStudents(connection, rows));
        });
    }

    UpsertCount upsertSessions(String action, List<Session> sessions, IntFunction<String> path) {
        refuseShared();
        items.checkSessions(sessions, path);
        List<ClassSession> rows = sessions.stream().map(ClassSession::of).toList();
        long[] ids = rows.stream().mapToLong(ClassSession::sessionId).toArray();
        return transactions.writeSql(
                connection -> audited(connection, action, "sessions", ids, write(connection, rows, path)));
    }

    private UpsertCount audited(Connection connection, String action, String table, long[] ids, UpsertCount count)
            throws SQLException {
        Facts facts = new Facts()
                .with("inserted", count.inserted())
                .with("updated", count.updated())
                .withIds("ids", ids);
        audit.writeIfAdministrator(connection, Act.of(action, table).after(facts));
        return count;
    }

    private UpsertCount write(Connection connection, List<ClassSession> rows, IntFunction<String> path)
            throws SQLException {
        long[] courseIds = rows.stream().mapToLong(ClassSession::courseId).toArray();
        refuseMissing(
                "courses", courseIds, repository.holdCourses(connection, courseIds), i -> path.apply(i) + ".course_id");
        return repository.upsertSessions(connection, rows);
    }

    private void refuseShared() {
        refuseShared(owner);
    }

    static void refuseShared(DirectoryOwner owner) {
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
}
