package dev.herald.server.notification;

import static dev.herald.server.notification.Refusals.assertRefused;
import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.PreviewNotificationResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreviewTest {
    private HeraldFixture herald;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        Instant start = Instant.parse("2031-10-25T02:30:00Z");
        herald.loadCampus(1, start, start.plus(Duration.ofMinutes(90)));
        herald.admin().notifications().generateForSession(SESSION_ID);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void preview_notification_isTheMailWithoutItsToken() {
        PreviewNotificationResponse preview = herald.admin().notifications().preview(emailId());
        assertThat(preview.getSubject()).isEqualTo("Attendance Session Created: Compilers");
        assertThat(preview.getText()).isEqualToNormalizingNewlines("""
                Hi First1,

                Your lecturer has created an attendance session for:

                Course: Compilers (CS401)
                Date: 2031-10-25
                Time: 08:00 - 09:30

                Click the link below to mark your attendance:
                https://attendance.campus.example/mark?token=********

                This link will expire at 2031-10-25 09:00 Asia/Kolkata.

                Important:
                - You must scan your student ID QR code
                - You must be within 30 meters of the session location

                Thanks,
                Attendance Management System
                """);
        assertThat(preview.getHtml()).contains("Compilers", "token=********");
        List.of(Rows.token(herald, emailId()).split("\\."))
                .forEach(part -> assertThat(preview.toString()).doesNotContain(part));
    }

    @Test
    void preview_anything_changesNothing() {
        String before = everything();
        herald.admin().notifications().preview(emailId());
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void preview_unknownId_isNotFound() {
        assertRefused(
                () -> herald.admin().notifications().preview(4711), ErrorReason.ERROR_REASON_NOTIFICATION_NOT_FOUND);
    }

    private long emailId() {
        return herald.number("SELECT email_id FROM email_notifications");
    }

    private String everything() {
        return String.join(
                "\n", Rows.texts(herald.url(), "SELECT n::text || o::text FROM email_notifications n, outbox o"));
    }
}
