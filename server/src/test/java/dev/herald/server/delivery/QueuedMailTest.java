package dev.herald.server.delivery;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.v1.FailureReason;
import dev.herald.v1.SessionDelivery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mails that wait in the queue while something happens to them. */
class QueuedMailTest {
    private HeraldFixture herald;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void deliver_courseOfASharedDirectoryIsGone_failsWithAReason() {
        queue(2);
        herald.update("ALTER TABLE sessions DROP CONSTRAINT sessions_course_id_fkey");
        herald.update("DELETE FROM courses");
        try (HeraldFixture worker = worker()) {
            assertThat(worker.awaitDelivery(SESSION_ID).getFailed()).isEqualTo(2);
            assertThat(worker.number(
                            "SELECT count(*) FROM email_notifications WHERE failure_reason = 'template_error'"))
                    .isEqualTo(2);
        }
    }

    @Test
    void deliver_tokenRevokedMeanwhile_isNotSentAndARetryMakesANewLink() {
        queue(1);
        herald.admin().tokens().revokeNotifications(List.of(onlyEmailId()));
        try (HeraldFixture worker = worker()) {
            assertThat(worker.awaitDelivery(SESSION_ID).getFailed()).isEqualTo(1);
            assertThat(herald.relay().mails()).isEmpty();
            worker.admin().notifications().retryFailed(List.of(onlyEmailId()));
            assertThat(worker.awaitDelivery(SESSION_ID).getSent()).isEqualTo(1);
            assertThat(worker.admin().notifications().get(onlyEmailId()).getGeneration())
                    .isEqualTo(2);
        }
    }

    @Test
    void deliver_studentDeactivatedSince_isNotSent() {
        queue(2);
        herald.update("UPDATE users SET is_active = false WHERE user_id = 2");
        try (HeraldFixture worker = worker()) {
            worker.awaitDelivery(SESSION_ID);
            assertThat(herald.relay().mails())
                    .singleElement()
                    .satisfies(mail -> assertThat(mail.to()).startsWith("student1@"));
            assertThat(worker.number(
                            "SELECT count(*) FROM email_notifications WHERE failure_reason = 'recipient_inactive'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void deliver_linkWouldLiveLessThanTwoMinutes_isNotSent() {
        queue(1);
        herald.clock().advance(Duration.ofMinutes(58).plusSeconds(30));
        try (HeraldFixture worker = worker()) {
            worker.awaitDelivery(SESSION_ID);
            assertThat(herald.relay().mails()).isEmpty();
            assertThat(worker.admin().notifications().get(onlyEmailId()).getFailureReason())
                    .isEqualTo(FailureReason.FAILURE_REASON_TOKEN_EXPIRED);
        }
    }

    @Test
    void deliver_sessionDeletedMeanwhile_nothingIsSentAndTheQueueEmpties() {
        queue(3);
        herald.admin().directory().deleteSession(SESSION_ID);
        try (HeraldFixture worker = worker()) {
            await().until(() -> worker.number("SELECT count(*) FROM outbox") == 0);
            assertThat(herald.relay().mails()).isEmpty();
        }
    }

    @Test
    void deliver_addressChangedSince_goesToTheNewOne() {
        queue(1);
        herald.update("UPDATE users SET email = 'moved@campus.example'");
        try (HeraldFixture worker = worker()) {
            worker.awaitDelivery(SESSION_ID);
            assertThat(herald.relay().mails())
                    .singleElement()
                    .satisfies(mail -> assertThat(mail.to()).isEqualTo("moved@campus.example"));
        }
    }

    @Test
    void deliver_leaseOfADeadWorker_isTakenOverWhenItRanOut() {
        queue(5);
        herald.update(
                "UPDATE outbox SET lease_owner = 'dead', lease_until = now() + interval '1 second', fencing_token = 1");
        try (HeraldFixture worker = worker()) {
            assertThat(worker.awaitDelivery(SESSION_ID).getSent()).isEqualTo(5);
            assertThat(herald.relay().mails().stream().map(Received::messageId).distinct())
                    .hasSize(5);
        }
    }

    @Test
    void deliver_threeWorkersDiedOverAMailAlone_itIsGivenUpAsPoison() {
        queue(2);
        herald.update("UPDATE outbox SET lease_owner = 'dead', lease_until = now(), fencing_token = 1, suspect = true,"
                + " started = true, lost_leases = 2 WHERE ref_id = (SELECT min(ref_id) FROM outbox)");
        try (HeraldFixture worker = worker()) {
            SessionDelivery delivery = worker.awaitDelivery(SESSION_ID);
            assertThat(delivery.getSent()).isEqualTo(1);
            assertThat(worker.admin()
                            .notifications()
                            .get(delivery.getFailedEmailIds(0))
                            .getFailureReason())
                    .isEqualTo(FailureReason.FAILURE_REASON_POISON);
        }
    }

    private void queue(int students) {
        herald.loadCampus(students);
        herald.admin().notifications().generateForSession(SESSION_ID);
    }

    /** Whoever delivers them in the end. */
    private HeraldFixture worker() {
        return herald.another(Map.of("DELIVERY_LEASE_SECONDS", "2"));
    }

    private long onlyEmailId() {
        return herald.number("SELECT email_id FROM email_notifications");
    }
}
