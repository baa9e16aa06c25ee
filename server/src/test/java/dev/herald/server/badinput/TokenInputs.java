package dev.herald.server.badinput;

import static dev.herald.server.badinput.BadInput.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.server.badinput.BadInput.Place;
import dev.herald.server.badinput.BadInput.Sending;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.server.token.BadToken;
import dev.herald.v1.ConsumeTokenRequest;
import dev.herald.v1.DecodeTokenRequest;
import dev.herald.v1.DeleteSessionRequest;
import dev.herald.v1.DeleteStudentRequest;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RevokeTokensRequest;
import dev.herald.v1.TokenReason;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** B25 to B35: tokens. B25 to B33 are {@link BadToken}'s, each sent to ValidateToken and to DecodeToken. */
final class TokenInputs {
    /** Between the expiry that a retry replaces (less than 2 minutes left) and the one that is past. */
    private static final Duration NEARLY_OVER = Duration.ofMinutes(58).plusSeconds(30);

    private TokenInputs() {}

    static Stream<BadInput> rows() throws IOException {
        return Stream.of(b25ToB33(), tooLong(), b34(), b35()).flatMap(all -> all);
    }

    private static Stream<BadInput> b25ToB33() {
        return BadToken.all()
                .flatMap(bad -> Stream.of(
                        row(
                                bad.number(),
                                bad.fault() + ", validated",
                                Place.TOKENS,
                                validate(bad.token()),
                                validated(bad)),
                        row(bad.number(), bad.fault() + ", decoded", Place.TOKENS, decode(bad.token()), decoded(bad))));
    }

    private static Stream<BadInput> tooLong() {
        String payload = "eyJhIjoi" + "YWFh".repeat(200_000);
        return Stream.of(
                row(
                        "B27",
                        "200,000 members",
                        Place.TOKENS,
                        validate("eyJ9." + payload + ".x"),
                        Expected.invalid("token", "STRING_MAX_BYTES")),
                row(
                        "B27",
                        "a claim of 25 MB",
                        Place.TOKENS,
                        validate("eyJ9." + "YWFh".repeat(8_000_000) + ".x"),
                        Expected.refused(Status.Code.RESOURCE_EXHAUSTED, "")));
    }

    private static Expected validated(BadToken bad) {
        if (isNoTokenAtAll(bad)) {
            return Expected.invalid("token", "");
        }
        return Expected.ok().and((scene, answer) -> {
            // The database knows none of their sessions, and says so of the genuine ones.
            String reason = bad.reason().equals(BadToken.VALID) ? "REVOKED" : bad.reason();
            assertThat(response(answer))
                    .isEqualTo(ValidateTokenResponse.newBuilder()
                            .setReason(TokenReason.valueOf("TOKEN_REASON_" + reason))
                            .build());
        });
    }

    private static Expected decoded(BadToken bad) {
        if (isNoTokenAtAll(bad)) {
            return Expected.invalid("token", "");
        }
        return switch (bad.reason()) {
            case BadToken.VALID -> Expected.ok();
            case "EXPIRED" -> Expected.refused(Status.Code.FAILED_PRECONDITION, "EXPIRED_TOKEN");
            default -> Expected.refused(Status.Code.INVALID_ARGUMENT, "INVALID_TOKEN");
        };
    }

    private static boolean isNoTokenAtAll(BadToken bad) {
        return bad.token().isEmpty() || bad.token().length() > 4_096;
    }

    private static Sending validate(String token) {
        return scene -> validate(scene, token);
    }

    private static Answer validate(Scene scene, String token) {
        return scene.call(
                TokenServiceGrpc.getValidateTokenMethod(),
                ValidateTokenRequest.newBuilder().setToken(token).build());
    }

    private static Sending decode(String token) {
        return scene -> scene.call(
                TokenServiceGrpc.getDecodeTokenMethod(),
                DecodeTokenRequest.newBuilder().setToken(token).build());
    }

    private static ValidateTokenResponse response(Answer answer) throws IOException {
        return ValidateTokenResponse.parseFrom(answer.answers().get(0));
    }

    /** Does something to a session with one notification and its token. */
    private interface Deed {
        Answer to(Scene scene, long session, String token);
    }

    private static Stream<BadInput> b34() {
        Map<String, Deed> revoking = Map.of(
                "its session deleted",
                (scene, session, token) -> scene.call(
                        DirectoryServiceGrpc.getDeleteSessionMethod(),
                        DeleteSessionRequest.newBuilder().setSessionId(session).build()),
                "its student deleted",
                (scene, session, token) -> scene.call(
                        DirectoryServiceGrpc.getDeleteStudentMethod(),
                        DeleteStudentRequest.newBuilder()
                                .setStudentProfileId(session)
                                .build()),
                "revoked",
                (scene, session, token) -> scene.call(
                        TokenServiceGrpc.getRevokeTokensMethod(),
                        RevokeTokensRequest.newBuilder().addTokens(token).build()));
        return Stream.concat(
                revoking.entrySet().stream()
                        .map(deed -> after(deed.getKey(), deed.getValue(), TokenReason.TOKEN_REASON_REVOKED)),
                Stream.of(
                        after("superseded", TokenInputs::retry, TokenReason.TOKEN_REASON_SUPERSEDED),
                        after(
                                "consumed",
                                (scene, session, token) -> scene.call(
                                        TokenServiceGrpc.getConsumeTokenMethod(),
                                        ConsumeTokenRequest.newBuilder()
                                                .setToken(token)
                                                .build()),
                                TokenReason.TOKEN_REASON_CONSUMED)));
    }

    private static BadInput after(String what, Deed deed, TokenReason reason) {
        return row(
                "B34",
                what,
                Place.QUIET,
                scene -> {
                    long session = scene.newSession(
                            scene.now().minus(NEARLY_OVER), scene.now().plusSeconds(7_200));
                    String token = scene.tokenOf(session);
                    assertThat(response(validate(scene, token)).getValid()).isTrue();
                    Scene.require(deed.to(scene, session, token));
                    return validate(scene, token);
                },
                Expected.ok()
                        .and((scene, answer) -> assertThat(response(answer))
                                .isEqualTo(ValidateTokenResponse.newBuilder()
                                        .setReason(reason)
                                        .build())));
    }

    private static Answer retry(Scene scene, long session, String token) {
        scene.failNotification(session);
        return scene.call(
                NotificationServiceGrpc.getRetryFailedNotificationsMethod(),
                RetryFailedNotificationsRequest.newBuilder()
                        .addEmailIds(scene.emailOf(session))
                        .build());
    }

    /** As they are; {@code token.WycheproofTest} has twins of our type under their own keys, and the JWK vectors. */
    private static Stream<BadInput> b35() throws IOException {
        String corpora = System.getenv("CORPORA_DIR");
        if (corpora == null) {
            return Stream.of(BadInputTest.skipped("B35", "Wycheproof", "CORPORA_DIR names no folder of it"));
        }
        JsonNode vectors = new ObjectMapper()
                .readTree(Path.of(corpora, "wycheproof", "json_web_signature_test.json")
                        .toFile());
        return StreamSupport.stream(vectors.path("testGroups").spliterator(), false)
                .filter(group ->
                        "HS256".equals(group.path("private").path("alg").asText()))
                .flatMap(group -> StreamSupport.stream(group.path("tests").spliterator(), false))
                .map(TokenInputs::wycheproof);
    }

    private static BadInput wycheproof(JsonNode vector) {
        JsonNode jws = vector.path("jws");
        String token = jws.isTextual() ? jws.asText() : jws.toString();
        return row(
                "B35",
                vector.path("tcId").asText() + " " + vector.path("comment").asText(),
                Place.TOKENS,
                validate(token),
                token.isEmpty()
                        ? Expected.invalid("token", "")
                        : Expected.ok().and((scene, answer) -> {
                            assertThat(response(answer).getValid()).isFalse();
                            assertThat(response(answer).getReason()).isNotEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
                        }));
    }
}
