package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_CANCELLED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_RETRIED;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.herald.client.NotificationClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.FailureReason;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryFilter;
import dev.herald.v1.RetryResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetryFilterTest {
    private RetryScene scene;
    private HeraldFixture herald;
    private NotificationClient notifications;

    @BeforeEach
    void start() {
        scene = RetryScene.start();
        herald = scene.herald();
        notifications = scene.notifications();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void retry_byFilter_movesExactlyWhatMatchesEachField() {
        scene.generate(20, Duration.ZERO);
        Instant now = herald.clock().instant();
        herald.admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(71, now, now.plus(Duration.ofHours(1)))));
        notifications.generateForSession(71);
        Delivered.failed(herald, "student_profile_id <= 5", "recipient_rejected");
        Delivered.failed(herald, "student_profile_id <= 9", "token_expired");
        Delivered.failed(herald, "student_profile_id = 10", "cancelled");
        Delivered.sent(herald, "student_profile_id <= 12");
        herald.update("UPDATE email_notifications SET failed_at = now() - interval '1 hour' * student_profile_id"
                + " WHERE status = 'failed'");
        assertThat(wouldRetry(RetryFilter.newBuilder())).isEqualTo(18);
        assertThat(wouldRetry(RetryFilter.newBuilder().setSessionId(SESSION_ID)))
                .isEqualTo(9);
        assertThat(wouldRetry(RetryFilter.newBuilder().setSessionId(4711))).isZero();
        assertThat(wouldRetry(RetryFilter.newBuilder().setFailureReason(FailureReason.FAILURE_REASON_TOKEN_EXPIRED)))
                .isEqualTo(8);
        assertThat(wouldRetry(RetryFilter.newBuilder().setFailedAfter(hoursAgo(3.5))))
                .isEqualTo(6);
        assertThat(wouldRetry(RetryFilter.newBuilder().setFailedBefore(hoursAgo(3.5))))
                .isEqualTo(12);
        RetryFilter all = RetryFilter.newBuilder()
                .setSessionId(71)
                .setFailureReason(FailureReason.FAILURE_REASON_RECIPIENT_REJECTED)
                .setFailedAfter(hoursAgo(4.5))
                .setFailedBefore(hoursAgo(1.5))
                .build();
        RetryFailedNotificationsResponse answer = notifications.retryFailed(
                RetryFailedNotificationsRequest.newBuilder().setFilter(all).build());
        assertThat(answer.getResultsList()).extracting(RetryResult::getEmailId).isSorted();
        assertThat(answer.getRetried()).isEqualTo(3);
        assertThat(herald.numbers("SELECT student_profile_id FROM email_notifications"
                        + " WHERE status = 'pending' AND session_id = 71 AND student_profile_id < 10 ORDER BY 1"))
                .containsExactly(2, 3, 4);
    }

    @Test
    void retry_cancelledOnesByFilter_areSkipped() {
        scene.generate(3, Duration.ZERO);
        notifications.cancelForSession(SESSION_ID);
        RetryFailedNotificationsResponse answer = notifications.retryFailed(RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.getDefaultInstance())
                .build());
        assertThat(answer.getSkipped()).isEqualTo(3);
        assertThat(RetryScene.outcomes(answer))
                .containsValue(RETRY_OUTCOME_CANCELLED)
                .doesNotContainValue(RETRY_OUTCOME_RETRIED);
    }

    @Test
    void retry_moreThanAPageByFilter_movesAll() {
        scene.generate(2_345, Duration.ZERO);
        Delivered.failed(herald, "true");
        RetryFailedNotificationsResponse answer = notifications.retryFailed(RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID))
                .build());
        assertThat(answer.getRetried()).isEqualTo(2_345);
        assertThat(herald.number("SELECT count(*) FROM outbox WHERE NOT parked"))
                .isEqualTo(2_345);
    }

    @Test
    void retry_moreThanOneCallLooksAt_saysWhereToGoOnAndADryRunSaysTheSame() {
        scene.generate(10_500, Duration.ZERO);
        Delivered.failed(herald, "student_profile_id <= 9990", "cancelled");
        Delivered.failed(herald, "true");
        RetryFailedNotificationsResponse first = retryAsForetold(0);
        assertThat(first.getSkipped()).isEqualTo(9_990);
        assertThat(first.getRetried()).isEqualTo(10);
        assertThat(first.getContinueAfterEmailId()).isEqualTo(scene.emailOf(10_000));
        RetryFailedNotificationsResponse second = retryAsForetold(first.getContinueAfterEmailId());
        assertThat(second.getSkipped()).isZero();
        assertThat(second.getRetried()).isEqualTo(500);
        assertThat(second.getContinueAfterEmailId()).isZero();
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE status = 'pending'"))
                .isEqualTo(510);
    }

    private RetryFailedNotificationsResponse retryAsForetold(long after) {
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.newBuilder().setAfterEmailId(after))
                .build();
        RetryFailedNotificationsResponse foretold = notifications.retryFailed(
                request.toBuilder().setValidateOnly(true).build());
        assertThat(notifications.retryFailed(request)).isEqualTo(foretold);
        return foretold;
    }

    private int wouldRetry(RetryFilter.Builder filter) {
        RetryFailedNotificationsResponse answer = notifications.retryFailed(RetryFailedNotificationsRequest.newBuilder()
                .setFilter(filter)
                .setValidateOnly(true)
                .build());
        return answer.getRetried();
    }

    private Timestamp hoursAgo(double hours) {
        return HeraldFixture.timestamp(herald.clock().instant().minusSeconds((long) (hours * 3_600)));
    }
}
