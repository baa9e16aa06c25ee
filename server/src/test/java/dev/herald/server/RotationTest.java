package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.SecretFiles;
import dev.herald.server.testing.TestAuthority;
import dev.herald.server.testing.TestAuthority.Identity;
import dev.herald.v1.Freshness;
import dev.herald.v1.GenerateTokenRequest;
import dev.herald.v1.TokenReason;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys are replaced on disk while the server runs. */
class RotationTest {
    private static final String OLD = HeraldFixture.SIGNING_KEY;
    private static final String NEW = "a-newer-signing-key-of-tests-0123456789abcdef";

    @TempDir
    Path folder;

    private static TestAuthority authority;
    private static Identity identity;

    private SecretFiles files;
    private HeraldFixture herald;
    private ManagedChannel channel;

    @BeforeAll
    static void certify() {
        authority = TestAuthority.named("campus");
        identity = authority.issue("ip:127.0.0.1");
    }

    @BeforeEach
    void start() {
        files = new SecretFiles(folder);
        files.write("key", OLD);
        files.write("previous", "");
        files.write("caller", HeraldFixture.CALLER_KEY);
        files.copy("server.pem", identity.chain());
        files.copy("server.key", identity.key());
        herald = HeraldFixture.start(Map.of(
                "DELIVERY", "off",
                "JWT_SECRET_KEY_FILE", files.name("key"),
                "JWT_PREVIOUS_SECRET_KEYS_FILE", files.name("previous"),
                "AUTH_JWT_SECRET_FILE", files.name("caller"),
                "GRPC_TLS_CERT", files.name("server.pem"),
                "GRPC_TLS_KEY", files.name("server.key")));
        herald.update("INSERT INTO courses VALUES (7, 'CS401', 'Compilers')");
        herald.update("INSERT INTO sessions (session_id, course_id, program_id, time_created, time_ended)"
                + " VALUES (70, 7, 5, now(), now() + interval '1 hour')");
        herald.insertStudents(1, 1);
        channel = herald.channel(authority);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void rotate_signingKey_newSignsOldVerifiesAndARemovedOneIsUnknownAtOnce() {
        String old = newToken();
        assertThat(validate(old, Freshness.FRESHNESS_CACHED).getValid()).isTrue();
        files.write("previous", OLD);
        files.write("key", NEW);
        await().until(() -> !kid(newToken()).equals(kid(old)));
        for (Freshness freshness : List.of(Freshness.FRESHNESS_CACHED, Freshness.FRESHNESS_STRICT)) {
            assertThat(validate(old, freshness).getValid()).isTrue();
            assertThat(validate(newToken(), freshness).getValid()).isTrue();
        }
        files.write("previous", "");
        await().until(() -> !validate(old, Freshness.FRESHNESS_CACHED).getValid());
        for (Freshness freshness : List.of(Freshness.FRESHNESS_CACHED, Freshness.FRESHNESS_STRICT)) {
            assertThat(validate(old, freshness).getReason()).isEqualTo(TokenReason.TOKEN_REASON_UNKNOWN_KEY);
            assertThat(validate(newToken(), freshness).getValid()).isTrue();
        }
    }

    @Test
    void rotate_toAWeakKeyOrTheCallersOwn_keepsTheOld() {
        String kid = kid(newToken());
        files.write("key", "weak");
        files.write("previous", HeraldFixture.CALLER_KEY);
        files.write("caller", "weak too");
        files.copy("server.pem", files.path("key"));
        await().during(Duration.ofSeconds(1)).until(() -> kid(newToken()).equals(kid));
        assertThat(serves(herald.channel(authority))).isTrue();
    }

    @Test
    void rotate_callersKey_endsTokensUnderTheOldAtOnce() {
        assertThat(serves(channel)).isTrue();
        files.write("caller", "another-key-of-callers-0123456789-abcdefghij");
        await().until(() -> !serves(channel));
    }

    private String newToken() {
        return tokens().generateToken(GenerateTokenRequest.newBuilder()
                        .setStudentProfileId(1)
                        .setSessionId(70)
                        .setExpiresAt(
                                HeraldFixture.timestamp(herald.clock().instant().plusSeconds(1_800)))
                        .build())
                .getToken();
    }

    private static String kid(String token) {
        return JWT.decode(token).getKeyId();
    }

    private ValidateTokenResponse validate(String token, Freshness freshness) {
        return tokens().validateToken(ValidateTokenRequest.newBuilder()
                .setToken(token)
                .setFreshness(freshness)
                .build());
    }

    private TokenServiceGrpc.TokenServiceBlockingStub tokens() {
        return TokenServiceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(admin()));
    }

    private static boolean serves(ManagedChannel over) {
        try {
            TokenServiceGrpc.newBlockingStub(over)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(admin()))
                    .validateToken(
                            ValidateTokenRequest.newBuilder().setToken("x").build());
            return true;
        } catch (io.grpc.StatusRuntimeException e) {
            return false;
        }
    }

    private static Metadata admin() {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
                "Bearer " + HeraldFixture.bearer(Role.ADMIN));
        return headers;
    }
}
