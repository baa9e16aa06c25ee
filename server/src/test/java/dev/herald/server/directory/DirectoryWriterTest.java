package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.Student;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DirectoryWriterTest {
    private final Database database = DirectorySamples.database();
    private final DirectoryWriter writer = DirectorySamples.writer(database);
    private final DirectoryEraser eraser = DirectorySamples.eraser(writer);
    private final DirectoryRepository repository = new DirectoryRepository();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void upsertCourses_someKnown_countsNewAndReplaced() {
        writer.upsertCourses(List.of(DirectorySamples.course(2).build()));
        UpsertCount count = writer.upsertCourses(List.of(
                DirectorySamples.course(3).build(),
                DirectorySamples.course(2).setCourseName("Algebra").build(),
                DirectorySamples.course(Long.MAX_VALUE).build()));
        assertThat(count).isEqualTo(new UpsertCount(2, 1));
        assertThat(find(Course.class, 2).courseName()).isEqualTo("Algebra");
        assertThat(find(Course.class, Long.MAX_VALUE).courseCode()).isEqualTo("CS" + Long.MAX_VALUE);
    }

    @Test
    void upsertUsers_activeUnset_makesActiveAgain() {
        writer.upsertUsers(List.of(DirectorySamples.user(1).setIsActive(false).build()));
        assertThat(find(User.class, 1).active()).isFalse();
        writer.upsertUsers(List.of(DirectorySamples.user(1).setLastName("").build()));
        assertThat(find(User.class, 1).active()).isTrue();
        assertThat(find(User.class, 1).lastName()).isEmpty();
    }

    @Test
    void upsertStudents_fieldsUnset_replacesThemToo() {
        writer.upsertUsers(List.of(DirectorySamples.user(1).build()));
        writer.upsertStudents(List.of(
                DirectorySamples.student(1, 1).setStreamId(9).setIsActive(false).build()));
        writer.upsertStudents(List.of(DirectorySamples.student(1, 1).build()));
        assertThat(find(StudentProfile.class, 1).streamId()).isNull();
        assertThat(find(StudentProfile.class, 1).active()).isTrue();
    }

    @Test
    void upsertSessions_zoneAndPlaceUnset_replacesThemToo() {
        writer.upsertCourses(List.of(DirectorySamples.course(1).build()));
        writer.upsertSessions(List.of(DirectorySamples.session(1, 1)
                .setLocation("Hall")
                .setTimeZone("Asia/Kolkata")
                .setStreamId(3)
                .build()));
        assertThat(find(ClassSession.class, 1).timeZone()).isEqualTo("Asia/Kolkata");
        UpsertCount count = writer.upsertSessions(
                List.of(DirectorySamples.session(1, 1).setTimeZone("").build()));
        assertThat(count).isEqualTo(new UpsertCount(0, 1));
        ClassSession replaced = find(ClassSession.class, 1);
        assertThat(replaced.timeZone()).isNull();
        assertThat(replaced.location()).isNull();
        assertThat(replaced.streamId()).isNull();
    }

    @Test
    void upsertUsers_aThousand_writesAll() {
        var users = LongStream.rangeClosed(1, 1000)
                .mapToObj(id -> DirectorySamples.user(id).build())
                .toList();
        assertThat(writer.upsertUsers(users)).isEqualTo(new UpsertCount(1000, 0));
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM users"))
                .isEqualTo(1000);
    }

    @Test
    void upsertStudents_usersMissing_namesEachAndWritesNothing() {
        writer.upsertUsers(List.of(DirectorySamples.user(1).build()));
        List<Student> students = List.of(
                DirectorySamples.student(1, 1).build(),
                DirectorySamples.student(2, 20).build(),
                DirectorySamples.student(3, 1).build(),
                DirectorySamples.student(4, Long.MAX_VALUE).build(),
                DirectorySamples.student(5, 20).build());
        assertRefused(() -> writer.upsertStudents(students), ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND, refusal -> {
            assertThat(refusal.faults())
                    .extracting(FieldFault::field)
                    .containsExactly("students[1].user_id", "students[3].user_id", "students[4].user_id");
            assertThat(refusal.faults()).extracting(FieldFault::reason).containsOnly("REFERENCE_NOT_FOUND");
            assertThat(refusal.faults().get(0).description()).contains("users/20");
        });
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM student_profiles"))
                .isZero();
    }

    @Test
    void upsertSessions_courseMissing_isNamedAndNothingIsWritten() {
        assertRefused(
                () -> writer.upsertSessions(
                        List.of(DirectorySamples.session(1, 404).build())),
                ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND,
                refusal -> assertThat(refusal.text()).contains("sessions[0].course_id", "courses/404"));
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM sessions"))
                .isZero();
    }

    @Test
    void upsertUsers_oneBad_writesNothing() {
        assertRefused(
                () -> writer.upsertUsers(List.of(
                        DirectorySamples.user(1).build(),
                        DirectorySamples.user(2).setFirstName("a\nb").build())),
                ErrorReason.ERROR_REASON_INVALID_FIELD,
                refusal -> assertThat(refusal.faults())
                        .extracting(FieldFault::field)
                        .containsExactly("users[1].first_name"));
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM users"))
                .isZero();
    }

    @Test
    void upsertSession_withinATransactionThatFails_isRolledBack() {
        writer.upsertCourses(List.of(DirectorySamples.course(1).build()));
        assertThatThrownBy(() -> database.transactions().write(transaction -> {
                    ClassSession row = writer.upsertSession(
                            transaction, DirectorySamples.session(1, 1).build());
                    assertThat(repository.findSession(transaction, 1))
                            .get()
                            .usingRecursiveComparison()
                            .isEqualTo(row);
                    throw new IllegalStateException("stop");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM sessions"))
                .isZero();
    }

    @Test
    void upsertSession_bad_isNamedAsTheFieldOfItsRequest() {
        var noCourse = DirectorySamples.session(1, 404).build();
        assertRefused(
                () -> database.transactions().write(transaction -> writer.upsertSession(transaction, noCourse)),
                ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND,
                refusal -> assertThat(refusal.faults().get(0).field()).isEqualTo("session.course_id"));
        var noZone = DirectorySamples.session(1, 404).setTimeZone("Nowhere").build();
        assertRefused(
                () -> database.transactions().write(transaction -> writer.upsertSession(transaction, noZone)),
                ErrorReason.ERROR_REASON_INVALID_FIELD,
                refusal -> assertThat(refusal.faults().get(0).field()).isEqualTo("session.time_zone"));
    }

    @Test
    void deleteSession_withNotifications_takesThemAlongAndRevokesItsTokens() {
        campusWithOneNotification();
        eraser.deleteSession(5);
        assertNotificationGoneAndRevoked("session_id = 5 AND student_profile_id IS NULL");
        assertRefused(
                () -> eraser.deleteSession(5),
                ErrorReason.ERROR_REASON_SESSION_NOT_FOUND,
                refusal -> assertThat(refusal.metadata()).containsEntry("session_id", "5"));
    }

    @Test
    void deleteStudent_withNotifications_takesThemAlongAndRevokesItsTokens() {
        campusWithOneNotification();
        eraser.deleteStudent(3);
        assertNotificationGoneAndRevoked("student_profile_id = 3 AND session_id IS NULL");
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM users"))
                .isEqualTo(1);
        assertRefused(
                () -> eraser.deleteStudent(3),
                ErrorReason.ERROR_REASON_STUDENT_NOT_FOUND,
                refusal -> assertThat(refusal.metadata()).containsEntry("student_profile_id", "3"));
    }

    @Test
    void eraseUser_withProfilesAndNotifications_leavesNothingOfIt() {
        campusWithOneNotification();
        eraser.eraseUser(2);
        assertNotificationGoneAndRevoked("student_profile_id = 3 AND session_id IS NULL");
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM users"))
                .isZero();
        assertRefused(
                () -> eraser.eraseUser(2),
                ErrorReason.ERROR_REASON_USER_NOT_FOUND,
                refusal -> assertThat(refusal.metadata()).containsEntry("user_id", "2"));
    }

    @Test
    void deletes_hugeId_areNotFound() {
        assertRefused(
                () -> eraser.deleteSession(Long.MAX_VALUE), ErrorReason.ERROR_REASON_SESSION_NOT_FOUND, refusal -> {});
        assertRefused(
                () -> eraser.deleteStudent(Long.MAX_VALUE), ErrorReason.ERROR_REASON_STUDENT_NOT_FOUND, refusal -> {});
        assertRefused(() -> eraser.eraseUser(Long.MAX_VALUE), ErrorReason.ERROR_REASON_USER_NOT_FOUND, refusal -> {});
    }

    @Test
    void everyWrite_sharedDirectory_isRefused() {
        DirectoryWriter shared = new DirectoryWriter(database.transactions(), DirectoryOwner.SHARED, address -> true);
        List<ThrowingCallable> writes = List.of(
                () -> shared.upsertCourses(List.of()),
                () -> shared.upsertUsers(List.of()),
                () -> shared.upsertStudents(List.of()),
                () -> shared.upsertSessions(List.of()),
                () -> database.transactions()
                        .write(transaction -> shared.upsertSession(
                                transaction, DirectorySamples.session(1, 1).build())),
                shared::startImport,
                () -> DirectorySamples.eraser(shared).deleteSession(1),
                () -> DirectorySamples.eraser(shared).deleteStudent(1),
                () -> DirectorySamples.eraser(shared).eraseUser(1));
        assertThat(writes)
                .allSatisfy(write -> assertRefused(write, ErrorReason.ERROR_REASON_DIRECTORY_SHARED, refusal -> {}));
    }

    private void campusWithOneNotification() {
        writer.upsertCourses(List.of(DirectorySamples.course(1).build()));
        writer.upsertUsers(List.of(DirectorySamples.user(2).build()));
        writer.upsertStudents(List.of(
                DirectorySamples.student(3, 2).build(),
                DirectorySamples.student(4, 2).setIsActive(false).build()));
        writer.upsertSessions(List.of(DirectorySamples.session(5, 1).build()));
        TestDatabase.update(
                database.url(),
                "INSERT INTO email_notifications (session_id, student_profile_id, token, jti, token_expires_at)"
                        + " VALUES (5, 3, 'header.payload', 'the-jti', now() + interval '1 hour')");
    }

    private void assertNotificationGoneAndRevoked(String andAllOf) {
        assertThat(DirectorySamples.number(database, "SELECT count(*) FROM email_notifications"))
                .isZero();
        assertThat(revoked("jti = 'the-jti'")).isEqualTo(1);
        assertThat(revoked("jti IS NULL AND " + andAllOf)).isEqualTo(1);
    }

    private long revoked(String condition) {
        return DirectorySamples.number(
                database, "SELECT count(*) FROM token_states WHERE state = 'revoked' AND " + condition);
    }

    private <T> T find(Class<T> type, long id) {
        return database.transactions().write(session -> session.get(type, id));
    }

    private static void assertRefused(ThrowingCallable call, ErrorReason reason, Consumer<HeraldException> more) {
        assertThatThrownBy(call).isInstanceOfSatisfying(HeraldException.class, refusal -> {
            assertThat(refusal.reason()).isEqualTo(reason);
            more.accept(refusal);
        });
    }
}
