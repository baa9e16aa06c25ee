package dev.herald.server.badinput;

import static dev.herald.server.badinput.BadInput.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.CancelForSessionRequest;
import dev.herald.v1.DeleteSessionRequest;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.GenerateTokenRequest;
import dev.herald.v1.GetSessionDeliveryRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.WatchSessionDeliveryRequest;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** B1 to B6: sessions that can't be, aren't there, or have nothing to do. */
final class SessionInputs {
    private SessionInputs() {}

    static Stream<BadInput> rows() {
        return Stream.of(b1(), b2(), b3(), b4ToB6()).flatMap(all -> all);
    }

    private static Stream<BadInput> b1() {
        return LongStream.of(0, -1, Long.MIN_VALUE)
                .boxed()
                .flatMap(id -> everyMethod(
                        "B1", "session_id " + id, Place.QUIET, id, Expected.invalid("session_id", "MUST_BE_POSITIVE")));
    }

    private static Stream<BadInput> b2() {
        return LongStream.of(1L << 31, (1L << 32) + HeraldFixture.SESSION_ID, Long.MAX_VALUE)
                .boxed()
                .flatMap(id ->
                        everyMethod("B2", "session_id " + id + " beyond INTEGER", Place.INTEGERS, id, notFound()));
    }

    private static Stream<BadInput> b3() {
        return everyMethod("B3", "an unknown session", Place.QUIET, 4_711, notFound());
    }

    private static Expected notFound() {
        return Expected.refused(Status.Code.NOT_FOUND, "SESSION_NOT_FOUND");
    }

    private static Stream<BadInput> everyMethod(String number, String what, Place place, long id, Expected expected) {
        return requests(id).entrySet().stream()
                .map(call -> row(
                        number,
                        what + " in " + call.getKey().getBareMethodName(),
                        place,
                        scene -> scene.call(call.getKey(), call.getValue()),
                        expected));
    }

    private static Map<MethodDescriptor<?, ?>, Message> requests(long id) {
        return Map.of(
                NotificationServiceGrpc.getGenerateForSessionMethod(),
                GenerateForSessionRequest.newBuilder().setSessionId(id).build(),
                NotificationServiceGrpc.getGetSessionDeliveryMethod(),
                GetSessionDeliveryRequest.newBuilder().setSessionId(id).build(),
                NotificationServiceGrpc.getWatchSessionDeliveryMethod(),
                WatchSessionDeliveryRequest.newBuilder().setSessionId(id).build(),
                NotificationServiceGrpc.getCancelForSessionMethod(),
                CancelForSessionRequest.newBuilder().setSessionId(id).build(),
                DirectoryServiceGrpc.getDeleteSessionMethod(),
                DeleteSessionRequest.newBuilder().setSessionId(id).build(),
                TokenServiceGrpc.getGenerateTokenMethod(),
                GenerateTokenRequest.newBuilder()
                        .setStudentProfileId(1)
                        .setSessionId(id)
                        .setExpiresAt(HeraldFixture.timestamp(Instant.parse("2200-01-01T00:00:00Z")))
                        .build());
    }

    private static Stream<BadInput> b4ToB6() {
        return Stream.of(
                row(
                        "B4",
                        "a session without eligible students",
                        Place.QUIET,
                        SessionInputs::generateForNobody,
                        figures(0, 0, 0)),
                row(
                        "B5",
                        "a session whose links would be expired",
                        Place.QUIET,
                        scene -> scene.generate(scene.newSession(scene.now().minus(Duration.ofHours(3)), scene.now())),
                        Expected.refused(Status.Code.FAILED_PRECONDITION, "TOKEN_EXPIRY_IN_PAST")
                                .and((scene, answer) -> assertThat(scene.herald()
                                                .number("SELECT count(*) FROM email_notifications n JOIN sessions s"
                                                        + " USING (session_id) WHERE s.time_ended < now()"))
                                        .isZero())),
                row(
                        "B6",
                        "GenerateForSession again",
                        Place.QUIET,
                        scene -> scene.generate(HeraldFixture.SESSION_ID),
                        figures(3, 0, 3)));
    }

    private static dev.herald.server.testing.RawCall.Answer generateForNobody(Scene scene) {
        long id = scene.newId();
        Instant now = scene.now();
        scene.herald()
                .admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(id, now, now.plusSeconds(3_600)).toBuilder()
                        .setProgramId(id)
                        .build()));
        return scene.generate(id);
    }

    private static Expected figures(int eligible, int created, int existing) {
        return Expected.ok().and((scene, answer) -> {
            GenerateForSessionResponse response =
                    GenerateForSessionResponse.parseFrom(answer.answers().get(0));
            assertThat(response.getEligibleStudents()).isEqualTo(eligible);
            assertThat(response.getNotificationsCreated()).isEqualTo(created);
            assertThat(response.getAlreadyExisting()).isEqualTo(existing);
        });
    }
}
