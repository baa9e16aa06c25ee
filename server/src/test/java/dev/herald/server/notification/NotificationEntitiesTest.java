package dev.herald.server.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.TestDatabase;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NotificationEntitiesTest {
    private static final Instant CREATED = Instant.parse("2025-10-25T02:30:00.123456Z");
    private final Database database = TestDatabase.open(EmailNotification.class);

    @BeforeEach
    void campus() {
        TestDatabase.update(database.url(), """
                INSERT INTO users VALUES (1, 'u@example.org', 'F', 'L', 'student');
                INSERT INTO student_profiles VALUES (2, 1, 1);
                INSERT INTO courses VALUES (3, 'CS', 'Computing');
                INSERT INTO sessions VALUES (4, 3, 1, NULL, now(), now());
                """);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void emailNotification_pending_isReadBack() {
        EmailNotification written = notification("pending");
        EmailNotification read = persisted(written);
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.sentAt).isNull();
    }

    @Test
    void emailNotification_sent_isReadBack() {
        EmailNotification written = notification("sent");
        written.sentAt = CREATED.plusSeconds(1);
        assertThat(persisted(written)).usingRecursiveComparison().isEqualTo(written);
    }

    @Test
    void emailNotification_failed_isReadBack() {
        EmailNotification written = notification("failed");
        written.failureReason = "RECIPIENT_REJECTED";
        written.failedAt = CREATED.plusSeconds(2);
        assertThat(persisted(written)).usingRecursiveComparison().isEqualTo(written);
    }

    private static EmailNotification notification(String status) {
        EmailNotification notification = new EmailNotification();
        notification.sessionId = 4;
        notification.studentProfileId = 2;
        notification.token = "header.payload";
        notification.jti = "0123456789abcdefghijkl";
        notification.tokenExpiresAt = CREATED.plusSeconds(3600);
        notification.status = status;
        notification.generation = 2;
        notification.createdAt = CREATED;
        return notification;
    }

    private EmailNotification persisted(EmailNotification notification) {
        database.transactions().write(session -> session.insert(notification));
        return database.transactions().write(session -> session.get(EmailNotification.class, notification.emailId));
    }
}
