package dev.herald.server.notification;

import static dev.herald.server.notification.Refusals.assertRefused;
import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.NotificationClient;
import dev.herald.client.TokenClient;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.v1.CancelForSessionResponse;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.FailureReason;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.Notification;
import dev.herald.v1.TokenReason;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CancelTest {
    private HeraldFixture herald;
    private NotificationClient notifications;
    private TokenClient tokens;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        notifications = herald.client(Role.SESSION).notifications();
        tokens = herald.admin().tokens();
        herald.loadCampus(6);
        notifications.generateForSession(SESSION_ID);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void cancel_session_stopsWhatIsPendingAndRevokesEveryLink() {
        Delivered.sent(herald, "student_profile_id <= 2");
        Delivered.failed(herald, "student_profile_id = 3");
        String spare = tokens.generate(1, SESSION_ID, herald.clock().instant().plus(Duration.ofMinutes(30)))
                .getToken();
        CancelForSessionResponse answer = notifications.cancelForSession(SESSION_ID);
        assertThat(answer.getCancelled()).isEqualTo(3);
        assertThat(answer.getRevokedTokens()).isEqualTo(6);
        List<Notification> all =
                herald.admin().notifications().listForSession(SESSION_ID).toList();
        assertThat(all).hasSize(6).allSatisfy(CancelTest::assertSentOrCancelled);
        assertThat(all)
                .allSatisfy(one -> assertThat(tokens.validate(Rows.token(herald, one.getEmailId()))
                                .getReason())
                        .isEqualTo(TokenReason.TOKEN_REASON_REVOKED));
        assertThat(tokens.validate(spare).getReason()).isEqualTo(TokenReason.TOKEN_REASON_REVOKED);
        assertThat(herald.number("SELECT count(*) FROM outbox")).isZero();
    }

    @Test
    void cancel_whileOutcomesAreWritten_countsWhatItReallyCancelled() throws SQLException {
        try (Connection recorder = DriverManager.getConnection(herald.url());
                Statement statement = recorder.createStatement()) {
            recorder.setAutoCommit(false);
            statement.execute("UPDATE email_notifications SET status = 'sent', sent_at = now()"
                    + " WHERE student_profile_id <= 2");
            statement.execute("UPDATE email_notifications SET status = 'failed', failure_reason = 'poison',"
                    + " failed_at = now() WHERE student_profile_id = 3");
            CompletableFuture<CancelForSessionResponse> cancel =
                    CompletableFuture.supplyAsync(() -> notifications.cancelForSession(SESSION_ID));
            await().until(() -> herald.number("SELECT count(*) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND wait_event_type = 'Lock'")
                    == 1);
            recorder.commit();
            assertThat(cancel.join().getCancelled()).isEqualTo(3);
        }
        assertThat(audited("before->'pending'")).isEqualTo(3);
        assertThat(audited("before->'failed'")).isEqualTo(1);
        assertThat(audited("after->'cancelled'")).isEqualTo(4);
        notifications.cancelForSession(SESSION_ID);
        assertThat(audited("after->'cancelled'")).as("cancelled before").isZero();
    }

    private long audited(String fact) {
        return herald.number("SELECT (" + fact + ")::bigint FROM audit_entries ORDER BY audit_id DESC LIMIT 1");
    }

    @Test
    void cancel_again_isHarmlessAndCountsNothing() {
        notifications.cancelForSession(SESSION_ID);
        assertThat(notifications.cancelForSession(SESSION_ID)).isEqualTo(CancelForSessionResponse.getDefaultInstance());
    }

    @Test
    void cancel_otherSessionsOfTheSameStudents_areLeftAlone() {
        var now = herald.clock().instant();
        herald.admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(71, now, now.plus(Duration.ofHours(1)))));
        notifications.generateForSession(71);
        notifications.cancelForSession(SESSION_ID);
        assertThat(notifications.sessionDelivery(71).getPending()).isEqualTo(6);
        long other = herald.number("SELECT min(email_id) FROM email_notifications WHERE session_id = 71");
        assertThat(tokens.validate(Rows.token(herald, other)).getValid()).isTrue();
    }

    @Test
    void cancel_thenGenerate_makesNothingAnewForThoseCancelled() {
        notifications.cancelForSession(SESSION_ID);
        GenerateForSessionResponse again = notifications.generateForSession(SESSION_ID);
        assertThat(again.getNotificationsCreated()).isZero();
        assertThat(again.getAlreadyExisting()).isEqualTo(6);
    }

    @Test
    void cancel_unknownSession_isNotFound() {
        assertRefused(() -> notifications.cancelForSession(4711), ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
    }

    private static void assertSentOrCancelled(Notification one) {
        if (one.getStudentProfileId() <= 2) {
            assertThat(one.getStatus()).isEqualTo(DeliveryStatus.DELIVERY_STATUS_SENT);
        } else {
            assertThat(one.getFailureReason()).isEqualTo(FailureReason.FAILURE_REASON_CANCELLED);
        }
    }
}
