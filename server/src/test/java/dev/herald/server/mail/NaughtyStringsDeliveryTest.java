package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.client.DirectoryClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.v1.ErrorReason;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** B8, from the directory to the wire: the big list of naughty strings as names of courses and students. */
class NaughtyStringsDeliveryTest {
    /** Empty, too long for a name, or with a control character or line separator in it. */
    private static final int REFUSED = 8;

    @Test
    void deliver_naughtyNames_everyAcceptedOneArrivesExactlyAsItIs() throws Exception {
        String[] strings =
                new ObjectMapper().readValue(Corpora.file("blns/blns.json").toFile(), String[].class);
        Map<Long, String> accepted = new TreeMap<>();
        try (HeraldFixture herald = HeraldFixture.start()) {
            DirectoryClient directory = herald.admin().directory();
            Instant now = herald.clock().instant();
            for (int i = 0; i < strings.length; i++) {
                if (isAccepted(directory, i + 1, strings[i], now)) {
                    accepted.put(i + 1L, strings[i]);
                }
            }
            accepted.keySet().forEach(herald.admin().notifications()::generateForSession);
            await().atMost(Duration.ofSeconds(60)).until(() -> herald.number("SELECT count(*) FROM outbox") == 0);
            assertThat(herald.relay().mails()).hasSameSizeAs(accepted.keySet());
            for (Received mail : herald.relay().mails()) {
                assertShows(mail, accepted.get(Long.parseLong(mail.to().replaceAll("\\D", ""))));
            }
        }
        assertThat(strings.length - accepted.size()).isEqualTo(REFUSED);
    }

    private static boolean isAccepted(DirectoryClient directory, int id, String text, Instant now) {
        try {
            directory.upsertCourses(List.of(HeraldFixture.course().toBuilder()
                    .setCourseId(id)
                    .setCourseName(text)
                    .build()));
            directory.upsertUsers(List.of(HeraldFixture.user(id, "student" + id + "@campus.example").toBuilder()
                    .setFirstName(text)
                    .build()));
        } catch (ServiceCallException e) {
            assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_INVALID_FIELD);
            return false;
        }
        directory.upsertStudents(
                List.of(HeraldFixture.student(id).toBuilder().setProgramId(id).build()));
        directory.upsertSessions(List.of(HeraldFixture.session(id, now, now.plus(Duration.ofHours(1))).toBuilder()
                .setCourseId(id)
                .setProgramId(id)
                .build()));
        return true;
    }

    private static void assertShows(Received received, String text) throws Exception {
        MimeMessage mail =
                new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(received.data()));
        assertThat(mail.getSubject()).isEqualTo("Attendance Session Created: " + text);
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getCount()).isEqualTo(2);
        assertThat(mail.getAllRecipients()).hasSize(1);
        assertThat(((String) parts.getBodyPart(0).getContent()).split("\r\n"))
                .contains("Hi " + text + ",", "Course: " + text + " (CS401)");
        assertThat((String) parts.getBodyPart(1).getContent()).doesNotContainIgnoringCase("<script");
    }
}
