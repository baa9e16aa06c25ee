package dev.herald.server.directory;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.herald.server.persistence.Database;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DirectoryEntitiesTest {
    private static final Database DATABASE = DirectorySamples.database();

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void user_persisted_isReadBack() {
        User written = User.of(DirectorySamples.user(1).setIsActive(false).build());
        User read = persisted(written, User.class, 1);
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.active()).isFalse();
    }

    @Test
    void studentProfile_persisted_isReadBack() {
        persisted(User.of(DirectorySamples.user(2).build()), User.class, 2);
        StudentProfile written =
                StudentProfile.of(DirectorySamples.student(3, 2).setStreamId(4).build());
        StudentProfile read = persisted(written, StudentProfile.class, 3);
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.active()).isTrue();
    }

    @Test
    void course_persisted_isReadBack() {
        Course written = Course.of(DirectorySamples.course(5).build());
        assertThat(persisted(written, Course.class, 5))
                .usingRecursiveComparison()
                .isEqualTo(written);
    }

    @Test
    void classSession_persisted_isReadBackToTheMicrosecond() {
        persisted(Course.of(DirectorySamples.course(6).build()), Course.class, 6);
        ClassSession written = ClassSession.of(DirectorySamples.session(7, 6)
                .setLocation("Hall 1")
                .setTimeZone("Asia/Kolkata")
                .build());
        ClassSession read = persisted(written, ClassSession.class, 7);
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.timeEnded()).isEqualTo(Instant.parse("2025-10-25T03:30:00.123456Z"));
    }

    @Test
    void classSession_firstAndLastInstants_areReadBack() {
        persisted(Course.of(DirectorySamples.course(8).build()), Course.class, 8);
        ClassSession written = ClassSession.of(DirectorySamples.session(9, 8)
                .setTimeCreated(Timestamp.newBuilder().setSeconds(-62_135_596_800L))
                .setTimeEnded(
                        Timestamp.newBuilder().setSeconds(253_402_300_799L).setNanos(999_999_999))
                .build());
        ClassSession read = persisted(written, ClassSession.class, 9);
        assertThat(read.timeCreated()).isEqualTo(Instant.parse("0001-01-01T00:00:00Z"));
        assertThat(read.timeEnded()).isEqualTo(Instant.parse("9999-12-31T23:59:59.999999Z"));
    }

    private static <T> T persisted(T entity, Class<T> type, long id) {
        DATABASE.transactions().write(session -> session.insert(entity));
        return DATABASE.transactions().write(session -> session.get(type, id));
    }
}
