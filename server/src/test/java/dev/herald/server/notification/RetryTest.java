package dev.herald.server.notification;

import static dev.herald.server.notification.Refusals.assertInvalid;
import static dev.herald.server.notification.Refusals.assertRefused;
import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_ALREADY_SENT;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_CANCELLED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_NOT_FAILED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_NOT_FOUND;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_RETRIED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_SESSION_ENDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.google.protobuf.Timestamp;
import dev.herald.client.NotificationClient;
import dev.herald.client.TokenClient;
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
import dev.herald.v1.TokenReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
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
    private static final String EVERYTHING =
            "SELECT n::text || coalesce(o::text, '') FROM email_notifications n LEFT JOIN outbox o ON o.ref_id = n.email_id"
                    + " ORDER BY n.email_id";

    private HeraldFixture herald;
    private NotificationClient notifications;
    private TokenClient tokens;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off", "TOKEN_EXPIRY_MINUTES", "20"));
        notifications = herald.admin().notifications();
        tokens = herald.admin().tokens();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void retry_idsOfEveryKind_givesOneResultAnId() {
        generate(4, Duration.ZERO);
        Delivered.failed(herald, "student_profile_id = 1");
        Delivered.sent(herald, "student_profile_id = 2");
        Delivered.failed(herald, "student_profile_id = 4", "cancelled");
        long failed = emailOf(1);
        RetryFailedNotificationsResponse answer = notifications.retryFailed(
                List.of(failed, emailOf(2), emailOf(3), emailOf(4), 4711L, failed, 0L, -5L, 4711L, Long.MAX_VALUE));
        assertThat(outcomes(answer))
                .containsExactly(
                        entry(failed, RETRY_OUTCOME_RETRIED),
                        entry(emailOf(2), RETRY_OUTCOME_ALREADY_SENT),
                        entry(emailOf(3), RETRY_OUTCOME_NOT_FAILED),
                        entry(emailOf(4), RETRY_OUTCOME_CANCELLED),
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
        generate(1, Duration.ZERO);
        Delivered.failed(herald, "true");
        String before = Rows.token(herald, emailOf(1));
        notifications.retryFailed(List.of(emailOf(1)));
        Notification retried = notifications.get(emailOf(1));
        assertThat(retried.getStatus()).isEqualTo(DeliveryStatus.DELIVERY_STATUS_PENDING);
        assertThat(retried.getFailureReason()).isEqualTo(FailureReason.FAILURE_REASON_UNSPECIFIED);
        assertThat(retried.hasSentAt()).isFalse();
        assertThat(retried.hasNextAttemptAt()).isTrue();
        assertThat(retried.getGeneration()).isEqualTo(1);
        assertThat(Rows.token(herald, emailOf(1))).isEqualTo(before);
        assertThat(tokens.validate(before).getValid()).isTrue();
    }

    @Test
    void retry_fewerThanTwoMinutesLeft_issuesANewTokenAndTheOldOneIsSuperseded() {
        generate(1, Duration.ofMinutes(-18).minusSeconds(30));
        Delivered.failed(herald, "true");
        String before = Rows.token(herald, emailOf(1));
        assertThat(tokens.validate(before).getValid()).isTrue();
        assertThat(outcomes(notifications.retryFailed(List.of(emailOf(1))))).containsValue(RETRY_OUTCOME_RETRIED);
        String after = Rows.token(herald, emailOf(1));
        assertThat(tokens.validate(before).getReason()).isEqualTo(TokenReason.TOKEN_REASON_SUPERSEDED);
        assertThat(tokens.validate(after).getValid()).isTrue();
        Notification retried = notifications.get(emailOf(1));
        assertThat(retried.getGeneration()).isEqualTo(2);
        assertThat(retried.getTokenExpiresAt()).isEqualTo(tokens.validate(after).getExpiresAt());
    }

    @Test
    void retry_tokenExpired_newOneLivesAsLongAsTokensDo() {
        generate(1, Duration.ZERO, Duration.ofHours(3));
        Delivered.failed(herald, "true");
        String before = Rows.token(herald, emailOf(1));
        herald.clock().advance(Duration.ofMinutes(25));
        Instant now = herald.clock().instant();
        notifications.retryFailed(List.of(emailOf(1)));
        assertThat(tokens.validate(before).getReason()).isEqualTo(TokenReason.TOKEN_REASON_EXPIRED);
        assertThat(expiry(emailOf(1))).isBetween(now.plusSeconds(19 * 60 + 58), now.plusSeconds(20 * 60 + 10));
    }

    @Test
    void retry_tokenExpiredShortlyBeforeTheEnd_newOneLivesUntilTheEnd() {
        Instant end = herald.clock().instant().plus(Duration.ofMinutes(35));
        generate(1, Duration.ZERO, Duration.ofMinutes(35));
        Delivered.failed(herald, "true");
        herald.clock().advance(Duration.ofMinutes(30));
        notifications.retryFailed(List.of(emailOf(1)));
        assertThat(expiry(emailOf(1))).isBetween(end.minusSeconds(2), end.plusSeconds(2));
    }

    @Test
    void retry_sessionEndedOrAboutTo_isSkippedAndChangesNothing() {
        generate(1, Duration.ZERO, Duration.ofMinutes(30));
        Delivered.failed(herald, "true");
        List<String> before = Rows.texts(herald.url(), EVERYTHING);
        for (Duration advance : List.of(Duration.ofMinutes(28).plusSeconds(5), Duration.ofMinutes(5))) {
            herald.clock().advance(advance);
            RetryFailedNotificationsResponse answer = notifications.retryFailed(List.of(emailOf(1)));
            assertThat(outcomes(answer)).containsExactly(entry(emailOf(1), RETRY_OUTCOME_SESSION_ENDED));
            assertThat(answer.getSkipped()).isEqualTo(1);
        }
        assertThat(Rows.texts(herald.url(), EVERYTHING)).isEqualTo(before);
    }

    @Test
    void retry_sessionMovedToLater_newTokenHasThePolicysExpiry() {
        generate(1, Duration.ZERO, Duration.ofMinutes(30));
        Delivered.failed(herald, "true");
        herald.clock().advance(Duration.ofMinutes(40));
        Instant start = herald.clock().instant().plus(Duration.ofMinutes(10));
        herald.admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(SESSION_ID, start, start.plus(Duration.ofHours(1)))));
        notifications.retryFailed(List.of(emailOf(1)));
        assertThat(expiry(emailOf(1)).getEpochSecond())
                .isEqualTo(start.plus(Duration.ofMinutes(20)).getEpochSecond());
    }

    @Test
    void retry_keyOfTheTokenWithdrawn_issuesANewOneUnderThePresentKey() {
        generate(1, Duration.ZERO);
        Delivered.failed(herald, "true");
        long expiry = expiry(emailOf(1)).getEpochSecond();
        Map<String, String> rotated =
                Map.of("DELIVERY", "off", "TOKEN_EXPIRY_MINUTES", "20", "JWT_SECRET_KEY", "x1y2z3".repeat(8));
        try (HeraldFixture other = herald.another(rotated)) {
            other.admin().notifications().retryFailed(List.of(emailOf(1)));
            Notification retried = other.admin().notifications().get(emailOf(1));
            assertThat(retried.getGeneration()).isEqualTo(2);
            assertThat(retried.getTokenExpiresAt().getSeconds()).isEqualTo(expiry);
        }
    }

    @Test
    void retry_byFilter_movesExactlyWhatMatchesEachField() {
        generate(20, Duration.ZERO);
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
        generate(3, Duration.ZERO);
        notifications.cancelForSession(SESSION_ID);
        RetryFailedNotificationsResponse answer = notifications.retryFailed(RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.getDefaultInstance())
                .build());
        assertThat(answer.getSkipped()).isEqualTo(3);
        assertThat(outcomes(answer)).containsValue(RETRY_OUTCOME_CANCELLED).doesNotContainValue(RETRY_OUTCOME_RETRIED);
    }

    @Test
    void retry_moreThanAPageByFilter_movesAll() {
        generate(2_345, Duration.ZERO);
        Delivered.failed(herald, "true");
        RetryFailedNotificationsResponse answer = notifications.retryFailed(RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID))
                .build());
        assertThat(answer.getRetried()).isEqualTo(2_345);
        assertThat(herald.number("SELECT count(*) FROM outbox WHERE NOT parked"))
                .isEqualTo(2_345);
    }

    @Test
    void retry_validateOnly_tellsTheSameAndChangesNothing() {
        generate(5, Duration.ofMinutes(-19));
        Delivered.failed(herald, "student_profile_id <= 3");
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .addAllEmailIds(
                        LongStream.rangeClosed(1, 5).map(this::emailOf).boxed().toList())
                .addEmailIds(4711)
                .setValidateOnly(true)
                .setRequestId("dry")
                .build();
        List<String> before = Rows.texts(herald.url(), EVERYTHING);
        RetryFailedNotificationsResponse dry = notifications.retryFailed(request);
        assertThat(Rows.texts(herald.url(), EVERYTHING)).isEqualTo(before);
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
        generate(2, Duration.ZERO);
        Delivered.failed(herald, "true");
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .addEmailIds(emailOf(1))
                .setRequestId("once")
                .build();
        RetryFailedNotificationsResponse first = notifications.retryFailed(request);
        assertThat(notifications.retryFailed(request)).isEqualTo(first);
        assertThat(outcomes(first)).containsValue(RETRY_OUTCOME_RETRIED);
        assertRefused(
                () -> notifications.retryFailed(
                        request.toBuilder().addEmailIds(emailOf(2)).build()),
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
        generate(200, Duration.ofMinutes(-19));
        Delivered.failed(herald, "true");
        List<Long> ids =
                LongStream.rangeClosed(1, 200).map(this::emailOf).boxed().toList();
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

    private void generate(int students, Duration start) {
        generate(students, start, start.plus(Duration.ofHours(1)));
    }

    private void generate(int students, Duration start, Duration end) {
        Instant now = herald.clock().instant();
        herald.loadCampus(students, now.plus(start), now.plus(end));
        notifications.generateForSession(SESSION_ID);
    }

    private long emailOf(long student) {
        return herald.number("SELECT email_id FROM email_notifications WHERE session_id = " + SESSION_ID
                + " AND student_profile_id = " + student);
    }

    private Instant expiry(long emailId) {
        return Instant.ofEpochSecond(
                notifications.get(emailId).getTokenExpiresAt().getSeconds());
    }

    private static Map<Long, RetryOutcome> outcomes(RetryFailedNotificationsResponse answer) {
        assertThat(answer.getResultsList()).extracting(RetryResult::getEmailId).doesNotHaveDuplicates();
        return answer.getResultsList().stream()
                .collect(Collectors.toMap(
                        RetryResult::getEmailId, RetryResult::getOutcome, (one, other) -> one, LinkedHashMap::new));
    }
}
