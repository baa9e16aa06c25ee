package dev.herald.server.notification;

import static dev.herald.server.notification.Refusals.assertInvalid;
import static dev.herald.server.notification.Refusals.assertRefused;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_ALREADY_SENT;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_CANCELLED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_NOT_FAILED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_NOT_FOUND;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_RETRIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.herald.client.NotificationClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.FailureReason;
import dev.herald.v1.Notification;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryFilter;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.RetryResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetryTest {
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
    void retry_idsOfEveryKind_givesOneResultAnId() {
        scene.generate(4, Duration.ZERO);
        Delivered.failed(herald, "student_profile_id = 1");
        Delivered.sent(herald, "student_profile_id = 2");
        Delivered.failed(herald, "student_profile_id = 4", "cancelled");
        long failed = scene.emailOf(1);
        RetryFailedNotificationsResponse answer = notifications.retryFailed(List.of(
                failed,
                scene.emailOf(2),
                scene.emailOf(3),
                scene.emailOf(4),
                4711L,
                failed,
                0L,
                -5L,
                4711L,
                Long.MAX_VALUE));
        assertThat(RetryScene.outcomes(answer))
                .containsExactly(
                        entry(failed, RETRY_OUTCOME_RETRIED),
                        entry(scene.emailOf(2), RETRY_OUTCOME_ALREADY_SENT),
                        entry(scene.emailOf(3), RETRY_OUTCOME_NOT_FAILED),
                        entry(scene.emailOf(4), RETRY_OUTCOME_CANCELLED),
                        entry(4711L, RETRY_OUTCOME_NOT_FOUND),
                        entry(0L, RETRY_OUTCOME_NOT_FOUND),
                        entry(-5L, RETRY_OUTCOME_NOT_FOUND),
                        entry(Long.MAX_VALUE, RETRY_OUTCOME_NOT_FOUND));
        assertThat(answer.getRetried()).isEqualTo(1);
        assertThat(answer.getSkipped()).isEqualTo(3);
        assertThat(answer.getErrorsList())
                .containsExactly(
                        "notification 4711 not found",
                        "notification 0 not found",
                        "notification -5 not found",
                        "notification " + Long.MAX_VALUE + " not found");
    }

    @Test
    void retry_failedOne_isPendingAndQueuedAgainWithTheSameToken() {
        scene.generate(1, Duration.ZERO);
        Delivered.failed(herald, "true");
        String before = Rows.token(herald, scene.emailOf(1));
        notifications.retryFailed(List.of(scene.emailOf(1)));
        Notification retried = notifications.get(scene.emailOf(1));
        assertThat(retried.getStatus()).isEqualTo(DeliveryStatus.DELIVERY_STATUS_PENDING);
        assertThat(retried.getFailureReason()).isEqualTo(FailureReason.FAILURE_REASON_UNSPECIFIED);
        assertThat(retried.hasSentAt()).isFalse();
        assertThat(retried.hasNextAttemptAt()).isTrue();
        assertThat(retried.getGeneration()).isEqualTo(1);
        assertThat(Rows.token(herald, scene.emailOf(1))).isEqualTo(before);
        assertThat(scene.tokens().validate(before).getValid()).isTrue();
    }

    @Test
    void retry_validateOnly_tellsTheSameAndChangesNothing() {
        scene.generate(5, Duration.ofMinutes(-19));
        Delivered.failed(herald, "student_profile_id <= 3");
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .addAllEmailIds(
                        LongStream.rangeClosed(1, 5).map(scene::emailOf).boxed().toList())
                .addEmailIds(4711)
                .setValidateOnly(true)
                .setRequestId("dry")
                .build();
        List<String> before = Rows.texts(herald.url(), RetryScene.EVERYTHING);
        RetryFailedNotificationsResponse dry = notifications.retryFailed(request);
        assertThat(Rows.texts(herald.url(), RetryScene.EVERYTHING)).isEqualTo(before);
        assertThat(herald.number("SELECT count(*) FROM request_results")).isZero();
        assertThat(herald.number("SELECT count(*) FROM token_states")).isZero();
        assertThat(notifications.retryFailed(request.toBuilder()
                        .setValidateOnly(false)
                        .setRequestId("wet")
                        .build()))
                .isEqualTo(dry);
        assertThat(dry.getRetried()).isEqualTo(3);
    }

    @Test
    void retry_requestIdRepeated_getsTheFirstAnswerAgain() {
        scene.generate(2, Duration.ZERO);
        Delivered.failed(herald, "true");
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .addEmailIds(scene.emailOf(1))
                .setRequestId("once")
                .build();
        RetryFailedNotificationsResponse first = notifications.retryFailed(request);
        assertThat(notifications.retryFailed(request)).isEqualTo(first);
        assertThat(RetryScene.outcomes(first)).containsValue(RETRY_OUTCOME_RETRIED);
        assertRefused(
                () -> notifications.retryFailed(
                        request.toBuilder().addEmailIds(scene.emailOf(2)).build()),
                ErrorReason.ERROR_REASON_REQUEST_ID_REUSED);
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE status = 'failed'"))
                .isEqualTo(1);
    }

    @Test
    void retry_nothingOrTooMuchOrBothNamed_isRefused() {
        RetryFailedNotificationsRequest.Builder nothing = RetryFailedNotificationsRequest.newBuilder();
        assertInvalid(() -> notifications.retryFailed(nothing.build()), "");
        assertInvalid(
                () -> notifications.retryFailed(nothing.clone()
                        .addEmailIds(1)
                        .setFilter(RetryFilter.getDefaultInstance())
                        .build()),
                "");
        List<Long> thousand = LongStream.rangeClosed(1, 1_000).boxed().toList();
        assertThat(notifications.retryFailed(thousand).getErrorsCount()).isEqualTo(1_000);
        assertInvalid(
                () -> notifications.retryFailed(
                        nothing.clone().addAllEmailIds(thousand).addEmailIds(1).build()),
                "email_ids");
    }

    @Test
    void retry_tenAdminsAtOnce_eachIdIsRetriedByExactlyOneOfThem() throws Exception {
        scene.generate(200, Duration.ofMinutes(-19));
        Delivered.failed(herald, "true");
        List<Long> ids =
                LongStream.rangeClosed(1, 200).map(scene::emailOf).boxed().toList();
        List<RetryFailedNotificationsResponse> answers = tenAtOnce(admin -> {
            List<Long> shuffled = new ArrayList<>(ids);
            Collections.shuffle(shuffled, new Random(admin));
            return () -> notifications.retryFailed(shuffled);
        });
        Map<RetryOutcome, Long> counts = answers.stream()
                .flatMap(answer -> answer.getResultsList().stream())
                .collect(Collectors.groupingBy(RetryResult::getOutcome, Collectors.counting()));
        assertThat(counts).containsOnly(entry(RETRY_OUTCOME_RETRIED, 200L), entry(RETRY_OUTCOME_NOT_FAILED, 1_800L));
        assertThat(answers.stream()
                        .flatMap(answer -> answer.getResultsList().stream())
                        .filter(result -> result.getOutcome() == RETRY_OUTCOME_RETRIED)
                        .map(RetryResult::getEmailId))
                .doesNotHaveDuplicates();
        assertThat(herald.number("SELECT max(generation) FROM email_notifications"))
                .isEqualTo(2);
        assertThat(herald.number("SELECT count(*) FROM token_states WHERE state = 'superseded'"))
                .isEqualTo(200);
    }

    private interface Admin {
        Callable<RetryFailedNotificationsResponse> call(int number);
    }

    private static List<RetryFailedNotificationsResponse> tenAtOnce(Admin admin) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(10);
        try {
            List<Callable<RetryFailedNotificationsResponse>> calls = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                calls.add(admin.call(i));
            }
            List<RetryFailedNotificationsResponse> answers = new ArrayList<>();
            for (Future<RetryFailedNotificationsResponse> future : pool.invokeAll(calls)) {
                answers.add(future.get());
            }
            return answers;
        } finally {
            pool.shutdownNow();
        }
    }
}
