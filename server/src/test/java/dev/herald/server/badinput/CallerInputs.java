package dev.herald.server.badinput;

import static dev.herald.server.badinput.BadInput.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.badinput.BadInput.Sending;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.TokenReason;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.Status;
import java.util.List;
import java.util.stream.Stream;

/** B18, B19 and B33: callers that aren't who they should be. */
final class CallerInputs {
    private static final String GET =
            NotificationServiceGrpc.getGetNotificationMethod().getFullMethodName();
    private static final byte[] REQUEST =
            GetNotificationRequest.newBuilder().setEmailId(1).build().toByteArray();
    private static final String GOOD = "Bearer " + HeraldFixture.bearer(Role.ADMIN);

    private CallerInputs() {}

    static Stream<BadInput> rows() {
        return Stream.of(b18(), b19(), b33()).flatMap(all -> all);
    }

    private static Stream<BadInput> b18() {
        return Stream.of(
                stranger("nothing"),
                stranger("an empty value", ""),
                stranger("Basic", "Basic dXNlcjpwYXNzd29yZA=="),
                stranger("Bearer alone", "Bearer"),
                stranger("Bearer and a space", "Bearer "),
                stranger("a token without Bearer", GOOD.substring(7)),
                stranger("good after bad", "Bearer x", GOOD),
                stranger("bad after good", GOOD, "Bearer x"),
                stranger("the same twice", GOOD, GOOD),
                stranger("two in one", GOOD + "," + GOOD),
                stranger("a changed signature", GOOD.substring(0, GOOD.length() - 3) + "AAA"),
                stranger("5,000 characters", "Bearer " + "x".repeat(5_000)));
    }

    private static BadInput stranger(String what, String... authorization) {
        return row(
                "B18",
                what,
                Place.QUIET,
                scene -> RawCall.toItsEnd(scene.channel(), GET, RawCall.authorization(authorization), List.of(REQUEST)),
                unauthenticated());
    }

    /** One text for whatever is wrong. */
    private static Expected unauthenticated() {
        return Expected.refused(Status.Code.UNAUTHENTICATED, "UNAUTHENTICATED_CALLER")
                .and((scene, answer) -> {
                    Answer nobody = RawCall.toItsEnd(scene.channel(), GET, RawCall.authorization(), List.of(REQUEST));
                    assertThat(answer.status().getDescription())
                            .isEqualTo(nobody.status().getDescription());
                    assertThat(answer.errorInfo().orElseThrow().getMetadataMap())
                            .isEmpty();
                });
    }

    private static Stream<BadInput> b19() {
        return Stream.of(Role.SESSION, Role.ATTENDANCE)
                .map(role -> row(
                        "B19",
                        "GetNotification as " + role.word(),
                        Place.QUIET,
                        scene -> RawCall.toItsEnd(
                                scene.channel(),
                                GET,
                                RawCall.authorization("Bearer " + HeraldFixture.bearer(role)),
                                List.of(REQUEST)),
                        Expected.refused(Status.Code.PERMISSION_DENIED, "ROLE_REQUIRED")
                                .and((scene, answer) -> assertThat(
                                                answer.status().getDescription())
                                        .contains(GET)
                                        .doesNotContain("reader", "admin"))));
    }

    private static Stream<BadInput> b33() {
        Sending bearerAsLink = scene -> scene.call(
                TokenServiceGrpc.getValidateTokenMethod(),
                ValidateTokenRequest.newBuilder().setToken(GOOD.substring(7)).build());
        Sending linkAsBearer = scene -> RawCall.toItsEnd(
                scene.channel(),
                GET,
                RawCall.authorization("Bearer "
                        + scene.tokenOf(
                                scene.newSession(scene.now(), scene.now().plusSeconds(3_600)))),
                List.of(REQUEST));
        return Stream.of(
                row(
                        "B33",
                        "a caller's token as a link's",
                        Place.QUIET,
                        bearerAsLink,
                        Expected.ok()
                                .and((scene, answer) -> assertThat(ValidateTokenResponse.parseFrom(
                                                        answer.answers().get(0))
                                                .getReason())
                                        .isIn(
                                                TokenReason.TOKEN_REASON_WRONG_TYPE,
                                                TokenReason.TOKEN_REASON_UNKNOWN_KEY))),
                row("B33", "a link's token as a caller's", Place.QUIET, linkAsBearer, unauthenticated()));
    }
}
