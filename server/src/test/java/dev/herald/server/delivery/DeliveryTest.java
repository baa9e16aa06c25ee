package dev.herald.server.delivery;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.AttemptOutcome;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.FailureReason;
import dev.herald.v1.Notification;
import dev.herald.v1.SessionDelivery;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private HeraldFixture herald;
    private HeraldClient client;
    private ScriptedSmtpServer relay;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY_LEASE_SECONDS", "2"));
        client = herald.admin();
        relay = herald.relay();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void deliver_manyMails_eachArrivesOnceAndIsSent() {
        herald.loadCampus(500);
        client.notifications().generateForSession(SESSION_ID);
        SessionDelivery delivery = herald.awaitDelivery(SESSION_ID);
        assertThat(delivery.getSent()).isEqualTo(500);
        assertThat(delivery.hasLastSentAt()).isTrue();
        assertThat(relay.mails())
                .hasSize(500)
                .allSatisfy(mail -> assertThat(mail.recipients()).hasSize(1));
        assertThat(distinctMessageIds()).isEqualTo(500);
        assertThat(relay.mails().stream().map(Received::to).distinct()).hasSize(500);
        assertThat(herald.number("SELECT count(*) FROM outbox")).isZero();
    }

    @Test
    void deliver_anyMail_messageIdIsEmailIdAndGeneration() {
        herald.loadCampus(1);
        client.notifications().generateForSession(SESSION_ID);
        herald.awaitDelivery(SESSION_ID);
        long emailId = herald.number("SELECT email_id FROM email_notifications");
        assertThat(relay.mails().get(0).messageId()).contains(emailId + ".1@campus.example");
    }

    @Test
    void deliver_connectionsAreKept_fiftyMailsOnOne() {
        herald.loadCampus(400);
        client.notifications().generateForSession(SESSION_ID);
        herald.awaitDelivery(SESSION_ID);
        Map<Integer, Long> mailsByConnection =
                relay.mails().stream().collect(Collectors.groupingBy(Received::connection, Collectors.counting()));
        assertThat(mailsByConnection.values())
                .allSatisfy(mails -> assertThat(mails).isLessThanOrEqualTo(50));
        assertThat(relay.connections()).isLessThanOrEqualTo(20);
    }

    @Test
    void deliver_oneRecipientRefused_theOthersAreSentAndItFailsAtOnce() {
        relay.reply(
                Stage.RCPT, to -> to.startsWith("student3@") ? "550 5.1.1 <student3@campus.example> unknown" : null);
        herald.loadCampus(10);
        client.notifications().generateForSession(SESSION_ID);
        SessionDelivery delivery = herald.awaitDelivery(SESSION_ID);
        assertThat(delivery.getSent()).isEqualTo(9);
        assertThat(delivery.getFailed()).isEqualTo(1);
        Notification failed = client.notifications().get(delivery.getFailedEmailIds(0));
        assertThat(failed.getStudentProfileId()).isEqualTo(3);
        assertThat(failed.getStatus()).isEqualTo(DeliveryStatus.DELIVERY_STATUS_FAILED);
        assertThat(failed.getFailureReason()).isEqualTo(FailureReason.FAILURE_REASON_RECIPIENT_REJECTED);
        assertThat(failed.getAttemptsList()).singleElement().satisfies(attempt -> {
            assertThat(attempt.getSmtpCode()).isEqualTo(550);
            assertThat(attempt.getEnhancedCode()).isEqualTo("5.1.1");
            assertThat(attempt.getOutcome()).isEqualTo(AttemptOutcome.ATTEMPT_OUTCOME_PERMANENT);
            assertThat(attempt.getReply()).doesNotContain("student3").contains("unknown");
        });
    }

    @Test
    void deliver_oneMailboxAnswersLikeARelayInTrouble_theOthersAreSent() {
        relay.reply(Stage.RCPT, to -> to.startsWith("student1@") ? "454 4.7.1 Relay access denied" : null);
        herald.loadCampus(30);
        client.notifications().generateForSession(SESSION_ID);
        await().until(() -> relay.accepted() == 29);
        await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE attempts = 1") == 1);
    }

    @Test
    void deliver_oneMailThrottledBehindItsFinalDot_theOthersAreSent() {
        relay.reply(Stage.DOT, to -> to.startsWith("student1@") ? "454 4.7.0 throttled" : null);
        herald.loadCampus(30);
        client.notifications().generateForSession(SESSION_ID);
        await().atMost(Duration.ofSeconds(30)).until(() -> relay.accepted() == 29);
        await().until(() -> herald.number("SELECT count(*) FROM outbox") == 1);
        assertThat(herald.number("SELECT attempts FROM outbox")).isZero();
    }

    @Test
    void deleteSession_queuedAndTriedMail_leavesNothingOfIt() {
        relay.reply(Stage.RCPT, "550 5.1.1 unknown");
        herald.loadCampus(3);
        client.notifications().generateForSession(SESSION_ID);
        herald.awaitDelivery(SESSION_ID);
        client.directory().deleteSession(SESSION_ID);
        assertThat(herald.number("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM delivery_attempts)"))
                .isZero();
    }

    @Test
    void deliver_greylisted_isTriedAgainAfterAboutAMinuteAndSent() {
        relay.replyTimes(1, Stage.RCPT, "451 4.7.1 try again later");
        herald.loadCampus(1);
        client.notifications().generateForSession(SESSION_ID);
        await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE attempts = 1") == 1);
        assertThat(herald.number("SELECT extract(epoch FROM due_at - now()) FROM outbox"))
                .isBetween(40L, 72L);
        makeDue();
        SessionDelivery delivery = herald.awaitDelivery(SESSION_ID);
        assertThat(delivery.getSent()).isEqualTo(1);
        Notification sent = client.notifications().get(onlyEmailId());
        assertThat(sent.getAttemptCount()).isEqualTo(2);
        assertThat(sent.getAttempts(0).getOutcome()).isEqualTo(AttemptOutcome.ATTEMPT_OUTCOME_TRANSIENT);
        assertThat(sent.getAttempts(1).getOutcome()).isEqualTo(AttemptOutcome.ATTEMPT_OUTCOME_ACCEPTED);
    }

    @Test
    void deliver_transientForEver_failsAfterTheFirstTryAndThreeRetries() {
        relay.reply(Stage.RCPT, "452 4.2.2 mailbox full");
        herald.loadCampus(1);
        client.notifications().generateForSession(SESSION_ID);
        for (int attempt = 1; attempt <= 3; attempt++) {
            int made = attempt;
            await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE attempts = " + made) == 1);
            makeDue();
        }
        assertThat(herald.awaitDelivery(SESSION_ID).getFailed()).isEqualTo(1);
        Notification failed = client.notifications().get(onlyEmailId());
        assertThat(failed.getFailureReason()).isEqualTo(FailureReason.FAILURE_REASON_ATTEMPTS_EXHAUSTED);
        assertThat(failed.getAttemptCount()).isEqualTo(4);
    }

    @Test
    void deliver_dropBehindTheFinalDot_isSentAgainWithTheSameMessageId() {
        relay.replyTimes(1, Stage.DOT, ScriptedSmtpServer.ACCEPT_AND_DROP);
        herald.loadCampus(1);
        client.notifications().generateForSession(SESSION_ID);
        await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE attempts = 1") == 1);
        assertThat(client.notifications().get(onlyEmailId()).getAttempts(0).getOutcome())
                .isEqualTo(AttemptOutcome.ATTEMPT_OUTCOME_UNKNOWN);
        makeDue();
        herald.awaitDelivery(SESSION_ID);
        assertThat(relay.mails()).hasSize(2);
        assertThat(distinctMessageIds()).isEqualTo(1);
    }

    @Test
    void deliver_relayDown_noAttemptIsChargedAndAllArriveWhenItIsBack() {
        relay.goDown();
        herald.loadCampus(50);
        client.notifications().generateForSession(SESSION_ID);
        await().pollDelay(Duration.ofSeconds(1))
                .until(() -> herald.number("SELECT count(*) FROM outbox WHERE lease_owner IS NULL") >= 49);
        relay.goUp();
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(50);
        assertThat(relay.mails()).hasSize(50);
        assertThat(herald.number("SELECT count(*) FROM delivery_attempts WHERE outcome <> 'accepted'"))
                .isZero();
    }

    @Test
    void deliver_relayGreetsWith421_opensTheBreakerAndChargesNothing() {
        relay.replyTimes(3, Stage.CONNECT, "421 4.3.2 come back later");
        herald.loadCampus(20);
        client.notifications().generateForSession(SESSION_ID);
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(20);
        assertThat(herald.number("SELECT count(*) FROM delivery_attempts")).isEqualTo(20);
    }

    @Test
    void deliver_poisonedAddressInTheDirectory_putsNothingOnTheWire() {
        herald.loadCampus(2);
        herald.update(
                "UPDATE users SET email = E'x@campus.example>\\r\\nRCPT TO:<evil@campus.example' WHERE user_id = 1");
        client.notifications().generateForSession(SESSION_ID);
        herald.awaitDelivery(SESSION_ID);
        assertThat(relay.mails()).hasSize(1);
        assertThat(String.join("\n", relay.commands())).doesNotContain("evil");
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE failure_reason = 'recipient_invalid'"))
                .isEqualTo(1);
    }

    @Test
    void stop_whileTheRelayHangs_endsInTimeAndGivesTheRestBack() {
        relay.reply(Stage.DATA, ScriptedSmtpServer.HANG);
        HeraldFixture other = herald.another(Map.of("SMTP_CONNECTIONS", "2"));
        herald.loadCampus(20);
        client.notifications().generateForSession(SESSION_ID);
        await().until(() -> relay.commands().stream().anyMatch(command -> command.startsWith("DATA")));
        long start = System.nanoTime();
        other.application().close();
        herald.application().close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(50));
        assertThat(herald.number("SELECT count(*) FROM outbox WHERE lease_owner IS NOT NULL"))
                .isZero();
        relay.usual(Stage.DATA);
    }

    private void makeDue() {
        herald.update("UPDATE outbox SET due_at = now()");
    }

    private long onlyEmailId() {
        return herald.number("SELECT email_id FROM email_notifications");
    }

    private long distinctMessageIds() {
        List<Received> mails = herald.relay().mails();
        return mails.stream().map(Received::messageId).distinct().count();
    }
}
