package dev.herald.server.badinput;

import static dev.herald.server.badinput.BadInput.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.badinput.BadInput.Sending;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateTokenRequest;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryFilter;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.UpsertSessionsRequest;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.CallOptions;
import io.grpc.Status;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** B21 to B24: lists of ids, pages, times and enums out of range, deadlines. */
final class ListInputs {
    private ListInputs() {}

    static Stream<BadInput> rows() {
        return Stream.of(b21(), b22(), b23Times(), b23Enums(), b24()).flatMap(all -> all);
    }

    private static Stream<BadInput> b21() {
        return Stream.of(
                row("B21", "neither ids nor a filter", retry(), retryOf(List.of()), Expected.invalid("", "")),
                row(
                        "B21",
                        "1,001 ids",
                        retry(),
                        retryOf(Collections.nCopies(1_001, 1L)),
                        Expected.invalid("email_ids", "")),
                row(
                        "B21",
                        "both ids and a filter",
                        retry(),
                        retryOf(List.of(1L)).toBuilder()
                                .setFilter(RetryFilter.newBuilder().setSessionId(1))
                                .build(),
                        Expected.invalid("", "")),
                row(
                        "B21",
                        "pending, failed, sent, zero, unknown, negative, and all of them twice",
                        Place.QUIET,
                        scene -> {
                            long first = scene.herald().number("SELECT min(email_id) FROM email_notifications");
                            Long[] ids = {first, first + 1, first + 2, 0L, 4_711L, -1L};
                            List<Long> twice = Stream.concat(Arrays.stream(ids), Arrays.stream(ids))
                                    .toList();
                            return scene.call(
                                    retry(),
                                    retryOf(twice).toBuilder()
                                            .setValidateOnly(true)
                                            .build());
                        },
                        Expected.ok()
                                .and((scene, answer) -> assertThat(RetryFailedNotificationsResponse.parseFrom(
                                                        answer.answers().get(0))
                                                .getResultsList())
                                        .extracting(result -> result.getOutcome())
                                        .containsExactly(
                                                RetryOutcome.RETRY_OUTCOME_NOT_FAILED,
                                                RetryOutcome.RETRY_OUTCOME_RETRIED,
                                                RetryOutcome.RETRY_OUTCOME_ALREADY_SENT,
                                                RetryOutcome.RETRY_OUTCOME_NOT_FOUND,
                                                RetryOutcome.RETRY_OUTCOME_NOT_FOUND,
                                                RetryOutcome.RETRY_OUTCOME_NOT_FOUND))));
    }

    private static io.grpc.MethodDescriptor<RetryFailedNotificationsRequest, RetryFailedNotificationsResponse> retry() {
        return NotificationServiceGrpc.getRetryFailedNotificationsMethod();
    }

    private static RetryFailedNotificationsRequest retryOf(List<Long> ids) {
        return RetryFailedNotificationsRequest.newBuilder().addAllEmailIds(ids).build();
    }

    private static Stream<BadInput> b22() {
        Expected refused = Expected.refused(Status.Code.INVALID_ARGUMENT, "PAGE_TOKEN_INVALID");
        return Stream.of(
                list(
                        "B22",
                        "page_size -1",
                        list().setPageSize(-1),
                        Expected.invalid("page_size", "MUST_NOT_BE_NEGATIVE")),
                list("B22", "page_size 0", list(), Expected.ok()),
                list("B22", "page_size 10^9", list().setPageSize(1_000_000_000), Expected.ok()),
                list("B22", "a page_token of one letter", list().setPageToken("A"), refused),
                list("B22", "a page_token of 1 MB", list().setPageToken("A".repeat(1_000_000)), refused),
                list("B22", "a page_token with U+0000", list().setPageToken("A\0"), refused),
                list("B22", "a page_token beyond ASCII", list().setPageToken("Ωß田"), refused),
                row(
                        "B22",
                        "a page_token of another list",
                        Place.QUIET,
                        scene -> list(
                                scene,
                                list().setSessionId(HeraldFixture.SESSION_ID).setPageToken(pageToken(scene))),
                        refused),
                row(
                        "B22",
                        "a page_token with its last letter changed",
                        Place.QUIET,
                        scene -> list(scene, list().setPageToken(changed(pageToken(scene)))),
                        refused),
                row(
                        "B22",
                        "a page_token padded",
                        Place.QUIET,
                        scene -> list(scene, list().setPageToken(pageToken(scene) + "=")),
                        refused));
    }

    private static BadInput list(String number, String what, ListNotificationsRequest.Builder list, Expected expected) {
        return row(number, what, NotificationServiceGrpc.getListNotificationsMethod(), list.build(), expected);
    }

    private static RawCall.Answer list(Scene scene, ListNotificationsRequest.Builder list) {
        return scene.call(NotificationServiceGrpc.getListNotificationsMethod(), list.build());
    }

    private static String pageToken(Scene scene) throws Exception {
        RawCall.Answer page = list(scene, list().setPageSize(1));
        String token =
                ListNotificationsResponse.parseFrom(page.answers().get(0)).getNextPageToken();
        assertThat(token).isNotEmpty();
        return token;
    }

    private static String changed(String token) {
        int last = token.length() - 1;
        return token.substring(0, last) + (token.charAt(last) == 'A' ? 'B' : 'A');
    }

    private static ListNotificationsRequest.Builder list() {
        return ListNotificationsRequest.newBuilder();
    }

    private static Stream<BadInput> b23Times() {
        return Stream.of(
                        time(1, -1),
                        time(1, 1_000_000_000),
                        time(253_402_300_800L, 0),
                        time(-62_135_596_801L, 0),
                        time(Long.MAX_VALUE, Integer.MAX_VALUE))
                .flatMap(ListInputs::inEveryTime);
    }

    private static Stream<BadInput> inEveryTime(Timestamp time) {
        String what = time.getSeconds() + " s and " + time.getNanos() + " ns";
        Instant start = Instant.parse("2031-01-01T08:00:00Z");
        return Stream.of(
                list("B23", what + " in created_after", list().setCreatedAfter(time), invalidTime("created_after")),
                row(
                        "B23",
                        what + " in expires_at",
                        TokenServiceGrpc.getGenerateTokenMethod(),
                        GenerateTokenRequest.newBuilder()
                                .setStudentProfileId(1)
                                .setSessionId(HeraldFixture.SESSION_ID)
                                .setExpiresAt(time)
                                .build(),
                        invalidTime("expires_at")),
                row(
                        "B23",
                        what + " in until",
                        SystemServiceGrpc.getPauseDeliveryMethod(),
                        PauseDeliveryRequest.newBuilder().setUntil(time).build(),
                        invalidTime("until")),
                row(
                        "B23",
                        what + " in time_ended",
                        DirectoryServiceGrpc.getUpsertSessionsMethod(),
                        UpsertSessionsRequest.newBuilder()
                                .addSessions(HeraldFixture.session(HeraldFixture.SESSION_ID, start, start).toBuilder()
                                        .setTimeEnded(time))
                                .build(),
                        invalidTime("sessions[0].time_ended")));
    }

    private static Expected invalidTime(String field) {
        return Expected.invalid(field, "INVALID_TIMESTAMP");
    }

    private static Timestamp time(long seconds, int nanos) {
        return Timestamp.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }

    private static Stream<BadInput> b23Enums() {
        return Stream.of(
                list("B23", "status 99", list().setStatusValue(99), Expected.invalid("status", "UNKNOWN_ENUM_VALUE")),
                list("B23", "status -1", list().setStatusValue(-1), Expected.invalid("status", "UNKNOWN_ENUM_VALUE")),
                list(
                        "B23",
                        "failure_reason 2^31-1",
                        list().setFailureReasonValue(Integer.MAX_VALUE),
                        Expected.invalid("failure_reason", "UNKNOWN_ENUM_VALUE")),
                list("B23", "UNSPECIFIED where it means any", list().setStatusValue(0), Expected.ok()),
                row(
                        "B23",
                        "freshness 99",
                        TokenServiceGrpc.getValidateTokenMethod(),
                        ValidateTokenRequest.newBuilder()
                                .setToken("a.b.c")
                                .setFreshnessValue(99)
                                .build(),
                        Expected.invalid("freshness", "UNKNOWN_ENUM_VALUE")));
    }

    private static Stream<BadInput> b24() {
        Expected late = Expected.late().and((scene, answer) -> scene.database().awaitIdle());
        return Stream.of(
                row("B24", "a deadline that is past", Place.QUIET, within(-1), late),
                row("B24", "a deadline of 1 ms", Place.QUIET, within(1), late),
                row("B24", "a deadline of 300 ms that passes in the database", Place.QUIET, within(300), late),
                row(
                        "B24",
                        "no deadline",
                        Place.QUIET,
                        scene -> scene.generate(HeraldFixture.SESSION_ID),
                        Expected.ok()));
    }

    /** While somebody else holds what the call needs, so that it can't be done in time, until nobody waits for it. */
    private static Sending within(int milliseconds) {
        return scene -> {
            long session = scene.newSession(scene.now(), scene.now().plus(Duration.ofHours(1)));
            GenerateForSessionRequest request =
                    GenerateForSessionRequest.newBuilder().setSessionId(session).build();
            try (Connection other = DriverManager.getConnection(scene.herald().url());
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("LOCK TABLE email_notifications IN SHARE MODE");
                RawCall.Answer answer = RawCall.with(
                        CallOptions.DEFAULT.withDeadlineAfter(milliseconds, TimeUnit.MILLISECONDS),
                        scene.channel(),
                        NotificationServiceGrpc.getGenerateForSessionMethod().getFullMethodName(),
                        scene.admin(),
                        List.of(request.toByteArray()));
                scene.database().awaitNoLockWanted();
                return answer;
            }
        };
    }
}
