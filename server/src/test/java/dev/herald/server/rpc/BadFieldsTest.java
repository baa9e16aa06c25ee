package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.BadRequest.FieldViolation;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.UpsertSessionsRequest;
import dev.herald.v1.UpsertUsersRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A request with several mistakes learns of all of them at once. */
class BadFieldsTest {
    private static HeraldFixture herald;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        channel = herald.channel();
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    @Test
    void generateForSession_manyBadFields_namesEachOfThem() {
        GenerateForSessionRequest request = GenerateForSessionRequest.newBuilder()
                .setSessionId(-1)
                .setSession(HeraldFixture.session(-2, Instant.EPOCH, Instant.EPOCH).toBuilder()
                        .setCourseId(0)
                        .setStreamId(-3)
                        .setLocation("\0")
                        .setTimeZone("z".repeat(65))
                        .setTimeEnded(Requests.timeBeyond()))
                .setRequestId("r".repeat(129))
                .build();
        Map<String, String> violations = violations(
                call(NotificationServiceGrpc.getGenerateForSessionMethod().getFullMethodName(), request.toByteArray()));
        assertThat(violations)
                .containsEntry("session_id", "MUST_BE_POSITIVE")
                .containsEntry("session.session_id", "MUST_BE_POSITIVE")
                .containsEntry("session.course_id", "MUST_BE_POSITIVE")
                .containsEntry("session.stream_id", "MUST_BE_POSITIVE")
                .containsEntry("session.location", "CONTROL_CHARACTER")
                .containsEntry("session.time_ended", "INVALID_TIMESTAMP")
                .containsKeys("session.time_zone", "request_id");
    }

    @Test
    void listNotifications_manyBadFields_namesEachOfThem() {
        ListNotificationsRequest request = ListNotificationsRequest.newBuilder()
                .setSessionId(-1)
                .setStudentProfileId(-1)
                .setStatusValue(99)
                .setFailureReasonValue(99)
                .setCreatedAfter(Requests.timeBeyond())
                .setCreatedBefore(Requests.timeBeyond())
                .setPageSize(-1)
                .build();
        assertThat(violations(call(
                        NotificationServiceGrpc.getListNotificationsMethod().getFullMethodName(),
                        request.toByteArray())))
                .containsOnlyKeys(
                        "session_id",
                        "student_profile_id",
                        "status",
                        "failure_reason",
                        "created_after",
                        "created_before",
                        "page_size");
    }

    @Test
    void upserts_badItems_areEachNamedByTheirPlace() {
        Map<String, String> users = violations(call(
                DirectoryServiceGrpc.getUpsertUsersMethod().getFullMethodName(),
                UpsertUsersRequest.newBuilder()
                        .addUsers(HeraldFixture.user(1, "a@example.org"))
                        .addUsers(HeraldFixture.user(-1, "").toBuilder().setFirstName("a\0b"))
                        .build()
                        .toByteArray()));
        assertThat(users)
                .containsEntry("users[1].user_id", "MUST_BE_POSITIVE")
                .containsEntry("users[1].first_name", "CONTROL_CHARACTER")
                .containsKey("users[1].email")
                .hasSize(3);
        Map<String, String> sessions = violations(call(
                DirectoryServiceGrpc.getUpsertSessionsMethod().getFullMethodName(),
                UpsertSessionsRequest.newBuilder()
                        .addSessions(dev.herald.v1.Session.getDefaultInstance())
                        .build()
                        .toByteArray()));
        assertThat(sessions)
                .containsOnlyKeys(
                        "sessions[0].session_id",
                        "sessions[0].course_id",
                        "sessions[0].program_id",
                        "sessions[0].time_created",
                        "sessions[0].time_ended");
    }

    private static Answer call(String method, byte[] request) {
        return RawCall.toItsEnd(
                channel, method, RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN)), List.of(request));
    }

    private static Map<String, String> violations(Answer answer) {
        assertThat(answer.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        return answer.badRequest().orElseThrow().getFieldViolationsList().stream()
                .collect(Collectors.toMap(FieldViolation::getField, FieldViolation::getReason, (one, other) -> one));
    }
}
