package dev.herald.server.directory;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/**
 * Deletes from the directory for good, each time in one transaction. What is deleted is locked before what hangs on it is counted,
 * so that nothing is added meanwhile. Refused with DIRECTORY_SHARED where the directory belongs to the campus system. Thread-safe.
 */
public final class DirectoryEraser {
    private final Transactions transactions;
    private final DirectoryOwner owner;
    private final Dependents dependents;
    private final DirectoryRepository repository = new DirectoryRepository();
    private final AuditLog audit = new AuditLog();

    DirectoryEraser(Transactions transactions, DirectoryOwner owner, Dependents dependents) {
        this.transactions = transactions;
        this.owner = owner;
        this.dependents = dependents;
    }

    /** Deletes a session with its notifications and revokes its tokens; SESSION_NOT_FOUND when there is none. */
    public void deleteSession(long sessionId) {
        DirectoryWriter.refuseShared(owner);
        if (!transactions.writeSql(connection -> deleteSession(connection, sessionId))) {
            throw notFound(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND, "session", "session_id", sessionId);
        }
    }

    /** Deletes a student profile with its notifications and revokes its tokens; STUDENT_NOT_FOUND when there is none. */
    public void deleteStudent(long studentProfileId) {
        DirectoryWriter.refuseShared(owner);
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
        DirectoryWriter.refuseShared(owner);
        if (!transactions.writeSql(connection -> eraseUser(connection, userId))) {
            throw notFound(ErrorReason.ERROR_REASON_USER_NOT_FOUND, "user", "user_id", userId);
        }
    }

    /** False when there is none; so below. */
    private boolean deleteSession(Connection connection, long sessionId) throws SQLException {
        if (!repository.lockSession(connection, sessionId)) {
            return false;
        }
        Facts before = new Facts().with("notifications", dependents.ofSession(connection, sessionId));
        repository.deleteSession(connection, sessionId);
        return audited(connection, Act.of("DeleteSession", "session/" + sessionId), before);
    }

    private boolean deleteStudent(Connection connection, long studentProfileId) throws SQLException {
        if (!repository.lockStudent(connection, studentProfileId)) {
            return false;
        }
        long[] students = {studentProfileId};
        Facts before = new Facts().with("notifications", dependents.ofStudents(connection, students));
        repository.deleteStudent(connection, studentProfileId);
        return audited(connection, Act.of("DeleteStudent", "student/" + studentProfileId), before);
    }

    private boolean eraseUser(Connection connection, long userId) throws SQLException {
        if (!repository.lockUser(connection, userId)) {
            return false;
        }
        long[] students = repository.lockStudentsOf(connection, userId);
        Facts before = new Facts()
                .withIds("student_profile_ids", students)
                .with("notifications", dependents.ofStudents(connection, students));
        repository.deleteUser(connection, userId);
        return audited(connection, Act.of("EraseUser", "user/" + userId), before);
    }

    private boolean audited(Connection connection, Act act, Facts before) throws SQLException {
        audit.write(connection, act.before(before).after(new Facts().with("deleted", true)));
        return true;
    }

    private static HeraldException notFound(ErrorReason reason, String what, String field, long id) {
        return HeraldException.of(reason, "no " + what + " has the id " + id, Map.of(field, Long.toString(id)));
    }
}
