package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.NotificationClient;
import dev.herald.client.TokenClient;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.CancelForSessionResponse;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryFilter;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.TokenReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What comes late to a session that was cancelled is cancelled from birth. */
class CancelledSessionTest {
    @Test
    void generate_afterTheCancel_makesCancelledRowsAndUselessLinksAndNoMail() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            NotificationClient notifications = herald.admin().notifications();
            herald.loadCampus(3);
            notifications.generateForSession(SESSION_ID);
            notifications.cancelForSession(SESSION_ID);
            herald.insertStudents(4, 2);
            GenerateForSessionResponse late = notifications.generateForSession(SESSION_ID);
            assertThat(late.getEligibleStudents()).isEqualTo(5);
            assertThat(late.getNotificationsCreated()).isEqualTo(2);
            assertThat(late.getAlreadyExisting()).isEqualTo(3);
            assertNothingLeft(herald, SESSION_ID, 5);
            assertThat(notifications.generateForSession(SESSION_ID).getNotificationsCreated())
                    .isZero();
        }
    }

    @Test
    void generate_forASessionCancelledBeforeAnyMail_makesNoMailEither() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            NotificationClient notifications = herald.admin().notifications();
            herald.loadCampus(4);
            assertThat(notifications.cancelForSession(SESSION_ID))
                    .isEqualTo(CancelForSessionResponse.getDefaultInstance());
            assertThat(notifications.generateForSession(SESSION_ID).getNotificationsCreated())
                    .isEqualTo(4);
            assertNothingLeft(herald, SESSION_ID, 4);
            RetryFailedNotificationsResponse retried =
                    notifications.retryFailed(RetryFailedNotificationsRequest.newBuilder()
                            .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID))
                            .build());
            assertThat(retried.getRetried()).isZero();
            assertThat(retried.getSkipped()).isEqualTo(4);
        }
    }

    @Test
    void session_deletedAndMadeAnew_isNotCancelledAnyMore() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            herald.loadCampus(2);
            herald.admin().notifications().cancelForSession(SESSION_ID);
            herald.admin().directory().deleteSession(SESSION_ID);
            Instant now = herald.clock().instant();
            herald.admin()
                    .directory()
                    .upsertSessions(List.of(HeraldFixture.session(SESSION_ID, now, now.plus(Duration.ofHours(1)))));
            herald.admin().notifications().generateForSession(SESSION_ID);
            assertThat(herald.number("SELECT count(*) FROM outbox")).isEqualTo(2);
        }
    }

    /** Many sessions, each generated for several times while it is cancelled, and delivery at work. */
    @Test
    void cancelAndGenerate_atOnce_leaveNothingThatCouldBeSent() throws Exception {
        int sessions = 15;
        int students = 25;
        Random random = new Random(20_261_122);
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DATABASE_POOL_SIZE", "20"))) {
            herald.loadCampus(students);
            List<Long> ids = sessions(herald, sessions);
            ExecutorService threads = Executors.newFixedThreadPool(6);
            List<Callable<Object>> calls = new ArrayList<>();
            NotificationClient notifications = herald.client(Role.SESSION).notifications();
            for (long id : ids) {
                List<Callable<Object>> own = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    long delay = random.nextLong(20_000_000);
                    own.add(() -> {
                        LockSupport.parkNanos(delay);
                        return notifications.generateForSession(id);
                    });
                }
                own.add(random.nextInt(4), () -> notifications.cancelForSession(id));
                calls.addAll(own);
            }
            for (Future<Object> call : threads.invokeAll(calls)) {
                call.get();
            }
            threads.shutdown();
            int sent = 0;
            for (long id : ids) {
                notifications.generateForSession(id);
                sent += assertNothingLeft(herald, id, students);
            }
            assertThat(sent).isBetween(0, herald.relay().mails().size());
        }
    }

    @Test
    void cancel_committed_nothingNewIsHandedOver() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("SMTP_CONNECTIONS", "1"))) {
            NotificationClient notifications = herald.admin().notifications();
            herald.loadCampus(10);
            herald.relay().reply(Stage.DOT, ScriptedSmtpServer.HANG);
            notifications.generateForSession(SESSION_ID);
            await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE lease_until IS NOT NULL") == 10);
            notifications.cancelForSession(SESSION_ID);
            herald.insertStudents(11, 50);
            notifications.generateForSession(SESSION_ID);
            herald.relay().usual(Stage.DOT).dropConnections();
            // The next mail of all leaves behind whatever might still leave of this session.
            Instant now = herald.clock().instant();
            herald.admin()
                    .directory()
                    .upsertSessions(List.of(HeraldFixture.session(71, now, now.plus(Duration.ofHours(1)))));
            notifications.generateForSession(71);
            SessionDelivery other = herald.awaitDelivery(71);
            assertThat(other.getSent()).isEqualTo(60);
            assertThat(herald.relay().mails()).hasSizeBetween(60, 60 + 10);
            assertNothingLeft(herald, SESSION_ID, 60);
        }
    }

    /** How many of the session's mails were sent before. */
    private static int assertNothingLeft(HeraldFixture herald, long sessionId, int students) {
        SessionDelivery delivery = herald.admin().notifications().sessionDelivery(sessionId);
        assertThat(delivery.getTotal()).isEqualTo(students);
        assertThat(delivery.getPending()).isZero();
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE session_id = " + sessionId
                        + " AND status = 'failed' AND failure_reason = 'cancelled'"))
                .isEqualTo(students - delivery.getSent());
        assertThat(herald.number("SELECT count(*) FROM outbox o JOIN email_notifications n ON n.email_id = o.ref_id"
                        + " WHERE n.session_id = " + sessionId))
                .isZero();
        TokenClient tokens = herald.admin().tokens();
        for (long emailId :
                herald.numbers("SELECT email_id FROM email_notifications WHERE session_id = " + sessionId)) {
            assertThat(tokens.validate(Rows.token(herald, emailId)).getReason())
                    .isEqualTo(TokenReason.TOKEN_REASON_REVOKED);
        }
        return delivery.getSent();
    }

    private static List<Long> sessions(HeraldFixture herald, int count) {
        Instant now = herald.clock().instant();
        List<Long> ids = new ArrayList<>();
        for (long id = 100; id < 100 + count; id++) {
            herald.admin()
                    .directory()
                    .upsertSessions(List.of(HeraldFixture.session(id, now, now.plus(Duration.ofHours(1)))));
            ids.add(id);
        }
        return ids;
    }
}
