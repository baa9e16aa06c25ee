package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.GetNotificationRequest;
import dev.herald.v1.TokenReason;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CallerTest {
    private static final String GET = "herald.v1.NotificationService/GetNotification";
    private static final String RETRY = "herald.v1.NotificationService/RetryFailedNotifications";
    private static final Algorithm KEY = Algorithm.HMAC256(HeraldFixture.CALLER_KEY);
    private static final byte[] UNKNOWN_NOTIFICATION =
            GetNotificationRequest.newBuilder().setEmailId(4711).build().toByteArray();

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

    @TestFactory
    Stream<DynamicTest> call_withoutGoodCredentials_isUnauthenticatedWithOneGenericText() {
        String text = get().status().getDescription();
        return badCredentials().entrySet().stream()
                .map(bad -> DynamicTest.dynamicTest(bad.getKey(), () -> {
                    Answer answer = get(bad.getValue());
                    assertThat(answer.code()).isEqualTo(Status.Code.UNAUTHENTICATED);
                    assertThat(answer.reason()).isEqualTo("UNAUTHENTICATED_CALLER");
                    assertThat(answer.status().getDescription()).isEqualTo(text);
                    assertThat(answer.errorInfo().orElseThrow().getMetadataMap())
                            .isEmpty();
                }));
    }

    @Test
    void call_withGoodCredentials_isServed() {
        assertThat(get("Bearer " + HeraldFixture.bearer(Role.ADMIN)).code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(get("bearer " + claims().sign(KEY)).code()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void call_tokenWithoutAnyKnownRole_isPermissionDenied() {
        String none = JWT.create()
                .withAudience("herald")
                .withClaim("roles", List.of("wizard", "ADMIN", ""))
                .withExpiresAt(soon())
                .sign(KEY);
        assertThat(get("Bearer " + none).code()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void call_wrongRole_isDeniedNamingTheMethodAndNotTheRoles() {
        Answer answer = get("Bearer " + HeraldFixture.bearer(Role.ATTENDANCE));
        assertThat(answer.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(answer.reason()).isEqualTo("ROLE_REQUIRED");
        assertThat(answer.errorInfo().orElseThrow().getMetadataMap()).containsExactly(Map.entry("method", GET));
        assertThat(answer.status().getDescription())
                .contains(GET)
                .doesNotContain("reader")
                .doesNotContain("admin");
    }

    @Test
    void call_strangerOrWrongRoleWithABadBody_isRefusedBeforeTheBodyIsLookedAt() {
        List<byte[]> bodies = List.of(new byte[0], "no message".getBytes(StandardCharsets.UTF_8), new byte[100_000]);
        for (byte[] body : bodies) {
            assertThat(RawCall.toItsEnd(channel, RETRY, new Metadata(), List.of(body))
                            .code())
                    .isEqualTo(Status.Code.UNAUTHENTICATED);
            Metadata reader = RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.READER));
            assertThat(RawCall.toItsEnd(channel, RETRY, reader, List.of(body)).code())
                    .isEqualTo(Status.Code.PERMISSION_DENIED);
        }
    }

    @Test
    void validateToken_aCallersBearer_isNoAttendanceToken() {
        var answer = herald.admin().tokens().validate(HeraldFixture.bearer(Role.ADMIN));
        assertThat(answer.getValid()).isFalse();
        assertThat(answer.getReason()).isIn(TokenReason.TOKEN_REASON_WRONG_TYPE, TokenReason.TOKEN_REASON_UNKNOWN_KEY);
    }

    @Test
    void health_withoutOrWithBadCredentials_isServed() {
        for (Metadata headers : List.of(new Metadata(), RawCall.authorization("Bearer x", "Basic y"))) {
            Answer answer = RawCall.toItsEnd(channel, "grpc.health.v1.Health/Check", headers, List.of(new byte[0]));
            assertThat(answer.code()).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void authOff_onLoopback_servesWithoutCredentials() {
        try (HeraldFixture open = herald.another(Map.of("DELIVERY", "off", "AUTH", "off"))) {
            Answer answer = RawCall.toItsEnd(open.channel(), GET, new Metadata(), List.of(UNKNOWN_NOTIFICATION));
            assertThat(answer.code()).isEqualTo(Status.Code.NOT_FOUND);
        }
    }

    private static Map<String, String[]> badCredentials() {
        String good = "Bearer " + HeraldFixture.bearer(Role.ADMIN);
        return Map.ofEntries(
                Map.entry("none", new String[] {}),
                Map.entry("empty", new String[] {""}),
                Map.entry("Basic", new String[] {"Basic dXNlcjpwYXNz"}),
                Map.entry("Bearer without token", new String[] {"Bearer"}),
                Map.entry("Bearer and a space", new String[] {"Bearer "}),
                Map.entry("a token without Bearer", new String[] {HeraldFixture.bearer(Role.ADMIN)}),
                Map.entry("good after bad", new String[] {"Bearer x", good}),
                Map.entry("bad after good", new String[] {good, "Bearer x"}),
                Map.entry("good twice", new String[] {good, good}),
                Map.entry("two in one", new String[] {good + ", " + good}),
                Map.entry("expired", bearer(claims().withExpiresAt(now().minusSeconds(1)))),
                Map.entry(
                        "without exp",
                        bearer(JWT.create().withAudience("herald").withClaim("roles", List.of("admin")))),
                Map.entry("exp null", bearer(claims().withNullClaim("exp"))),
                Map.entry("not yet valid", bearer(claims().withNotBefore(now().plusSeconds(600)))),
                Map.entry("issued in the future", bearer(claims().withIssuedAt(now().plusSeconds(600)))),
                Map.entry("wrong audience", bearer(claims().withAudience("other"))),
                Map.entry(
                        "no audience",
                        bearer(JWT.create().withClaim("roles", List.of("admin")).withExpiresAt(soon()))),
                Map.entry("no roles", bearer(JWT.create().withAudience("herald").withExpiresAt(soon()))),
                Map.entry(
                        "roles of a wrong shape",
                        bearer(JWT.create()
                                .withAudience("herald")
                                .withClaim("roles", "admin")
                                .withExpiresAt(soon()))),
                Map.entry("wrong key", new String[] {
                    "Bearer " + claims().sign(Algorithm.HMAC256("another-key-of-callers-0123456789abcdef"))
                }),
                Map.entry(
                        "the links' key",
                        new String[] {"Bearer " + claims().sign(Algorithm.HMAC256(HeraldFixture.SIGNING_KEY))}),
                Map.entry("alg none", new String[] {"Bearer " + claims().sign(Algorithm.none())}),
                Map.entry(
                        "alg HS512",
                        new String[] {"Bearer " + claims().sign(Algorithm.HMAC512(HeraldFixture.CALLER_KEY))}),
                Map.entry("a payload of null", new String[] {"Bearer " + signed("null")}),
                Map.entry("a payload of []", new String[] {"Bearer " + signed("[]")}),
                Map.entry("exp a string", new String[] {
                    "Bearer " + signed("{\"aud\":\"herald\",\"roles\":[\"admin\"],\"exp\":\"4000000000\"}")
                }),
                Map.entry(
                        "exp beyond all time",
                        new String[] {"Bearer " + signed("{\"aud\":\"herald\",\"roles\":[\"admin\"],\"exp\":1e300}")}),
                Map.entry("an attendance token", new String[] {"Bearer " + attendanceToken()}),
                Map.entry("5,000 characters", new String[] {"Bearer " + "x".repeat(5_000)}));
    }

    private static String attendanceToken() {
        if (herald.number("SELECT count(*) FROM sessions") == 0) {
            herald.loadCampus(1);
        }
        Instant expiry = herald.clock().instant().plus(Duration.ofMinutes(5));
        return herald.admin()
                .tokens()
                .generate(1, HeraldFixture.SESSION_ID, expiry)
                .getToken();
    }

    private static JWTCreator.Builder claims() {
        return JWT.create()
                .withSubject("test")
                .withAudience("herald")
                .withClaim("roles", List.of("admin"))
                .withExpiresAt(soon());
    }

    private static String[] bearer(JWTCreator.Builder claims) {
        return new String[] {"Bearer " + claims.sign(KEY)};
    }

    private static String signed(String payload) {
        String input = base64url("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64url(payload.getBytes(StandardCharsets.UTF_8));
        return input + "." + base64url(KEY.sign(input.getBytes(StandardCharsets.UTF_8)));
    }

    private static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Instant soon() {
        return now().plusSeconds(600);
    }

    private static Instant now() {
        return herald.clock().instant();
    }

    private static Answer get(String... authorization) {
        return RawCall.toItsEnd(channel, GET, RawCall.authorization(authorization), List.of(UNKNOWN_NOTIFICATION));
    }
}
