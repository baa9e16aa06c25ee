package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.client.NotificationClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.Notification;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.RetryResult;
import dev.herald.v1.SessionDelivery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetriedDeliveryTest {
    private HeraldFixture herald;
    private NotificationClient notifications;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("TOKEN_EXPIRY_MINUTES", "20"));
        notifications = herald.admin().notifications();
        herald.loadCampus(10);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void retry_whenTheRelayTakesThem_theyAreDeliveredWithTheirFirstLink() {
        SessionDelivery delivery = refuseTwoOfThem();
        herald.relay().usual(Stage.RCPT);
        notifications.retryFailed(delivery.getFailedEmailIdsList());
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(10);
        assertThat(herald.relay().mails().stream().map(Received::to))
                .hasSize(10)
                .doesNotHaveDuplicates();
        Notification sent = notifications.get(delivery.getFailedEmailIds(0));
        assertThat(sent.getAttemptCount()).isEqualTo(2);
        assertThat(mailOf(sent).messageId()).contains(sent.getEmailId() + ".1@");
    }

    @Test
    void retry_linkExpiredMeanwhile_mailHasTheNewLinkAndANewMessageId() {
        SessionDelivery delivery = refuseTwoOfThem();
        herald.clock().advance(Duration.ofMinutes(25));
        herald.relay().usual(Stage.RCPT);
        assertThat(notifications.retryFailed(delivery.getFailedEmailIdsList()).getRetried())
                .isEqualTo(2);
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(10);
        Notification sent = notifications.get(delivery.getFailedEmailIds(0));
        assertThat(mailOf(sent).messageId()).contains(sent.getEmailId() + ".2@");
        assertThat(herald.admin()
                        .tokens()
                        .validate(Rows.token(herald, sent.getEmailId()))
                        .getValid())
                .isTrue();
    }

    @Test
    void retry_whatWasSent_isLeftAloneAndNotSentAgain() {
        notifications.generateForSession(SESSION_ID);
        herald.awaitDelivery(SESSION_ID);
        long[] ids = herald.numbers("SELECT email_id FROM email_notifications");
        List<RetryResult> results = notifications
                .retryFailed(java.util.Arrays.stream(ids).boxed().toList())
                .getResultsList();
        assertThat(results).extracting(RetryResult::getOutcome).containsOnly(RetryOutcome.RETRY_OUTCOME_ALREADY_SENT);
        assertThat(herald.number("SELECT count(*) FROM outbox")).isZero();
        assertThat(herald.relay().accepted()).isEqualTo(10);
    }

    private SessionDelivery refuseTwoOfThem() {
        herald.relay().reply(Stage.RCPT, to -> to.matches("student[37]@.*") ? "550 5.1.1 unknown" : null);
        notifications.generateForSession(SESSION_ID);
        SessionDelivery delivery = herald.awaitDelivery(SESSION_ID);
        assertThat(delivery.getFailed()).isEqualTo(2);
        return delivery;
    }

    private Received mailOf(Notification notification) {
        return herald.relay().mails().stream()
                .filter(mail -> mail.to().startsWith("student" + notification.getStudentProfileId() + "@"))
                .findFirst()
                .orElseThrow();
    }
}
