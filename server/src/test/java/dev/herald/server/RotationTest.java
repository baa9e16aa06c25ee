package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import dev.herald.server.rpc.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.TestAuthority;
import dev.herald.server.testing.TestAuthority.Identity;
import dev.herald.v1.Freshness;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateTokenRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.TokenReason;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys and certificates are replaced on disk while calls come in. */
class RotationTest {
    private static final String OLD = HeraldFixture.SIGNING_KEY;
    private static final String NEW = "a-newer-signing-key-of-tests-0123456789abcdef";

    @TempDir
    Path folder;

    private final TestAuthority authority = TestAuthority.named("first");
    private HeraldFixture herald;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        Identity first = authority.issue("ip:127.0.0.1");
        write("key", OLD);
        write("previous", "");
        write("caller", HeraldFixture.CALLER_KEY);
        replace("server.pem", first.chain());
        replace("server.key", first.key());
        herald = HeraldFixture.start(Map.of(
                "DELIVERY", "off",
                "JWT_SECRET_KEY_FILE", file("key").toString(),
                "JWT_PREVIOUS_SECRET_KEYS_FILE", file("previous").toString(),
                "AUTH_JWT_SECRET_FILE", file("caller").toString(),
                "GRPC_TLS_CERT", file("server.pem").toString(),
                "GRPC_TLS_KEY", file("server.key").toString()));
        herald.update("INSERT INTO courses VALUES (7, 'CS401', 'Compilers')");
        herald.update("INSERT INTO sessions (session_id, course_id, program_id, time_created, time_ended)"
                + " VALUES (70, 7, 5, now(), now() + interval '1 hour')");
        herald.insertStudents(1, 50);
        channel = herald.channel(authority);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void rotate_keysAndCertificatesUnderLoad_failsNoCall() throws IOException {
        TestAuthority second = TestAuthority.named("second");
        write("both.pem", Files.readString(authority.certificate()) + Files.readString(second.certificate()));
        Load load = new Load(newToken());
        Identity identity = second.issue("ip:127.0.0.1");
        String oldKid = kid(newToken());

        write("previous", NEW + "\n" + OLD);
        write("key", NEW);
        await().until(() -> !kid(newToken()).equals(oldKid));
        replace("server.key", identity.key());
        replace("server.pem", identity.chain());
        await().until(() -> serves(herald.channel(second)));

        load.goOnFor(200);
        assertThat(load.stop()).as("calls that failed").isEmpty();
        assertThat(serves(channel)).as("the connection from before").isTrue();
        assertThat(serves(herald.channel(authority)))
                .as("new, trusting the old")
                .isFalse();
    }

    @Test
    void rotate_signingKey_newSignsOldVerifiesAndARemovedOneIsUnknownAtOnce() throws IOException {
        String old = newToken();
        assertThat(validate(old, Freshness.FRESHNESS_CACHED).getValid()).isTrue();
        write("previous", OLD);
        write("key", NEW);
        await().until(() -> !kid(newToken()).equals(kid(old)));
        for (Freshness freshness : List.of(Freshness.FRESHNESS_CACHED, Freshness.FRESHNESS_STRICT)) {
            assertThat(validate(old, freshness).getValid()).isTrue();
            assertThat(validate(newToken(), freshness).getValid()).isTrue();
        }
        write("previous", "");
        await().until(() -> !validate(old, Freshness.FRESHNESS_CACHED).getValid());
        for (Freshness freshness : List.of(Freshness.FRESHNESS_CACHED, Freshness.FRESHNESS_STRICT)) {
            assertThat(validate(old, freshness).getReason()).isEqualTo(TokenReason.TOKEN_REASON_UNKNOWN_KEY);
            assertThat(validate(newToken(), freshness).getValid()).isTrue();
        }
    }

    @Test
    void rotate_toAWeakKeyOrTheCallersOwn_keepsTheOld() throws IOException {
        String kid = kid(newToken());
        write("key", "weak");
        write("previous", HeraldFixture.CALLER_KEY);
        write("caller", "weak too");
        replace("server.pem", file("key"));
        write("marker", "x");
        await().during(Duration.ofSeconds(4)).until(() -> kid(newToken()).equals(kid));
        assertThat(serves(herald.channel(authority))).isTrue();
    }

    @Test
    void rotate_callersKey_endsTokensUnderTheOldAtOnce() throws IOException {
        assertThat(serves(channel)).isTrue();
        write("caller", "another-key-of-callers-0123456789-abcdefghij");
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

    private boolean serves(ManagedChannel over) {
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

    private Path file(String name) {
        return folder.resolve(name);
    }

    /** As a deployment does it: nobody ever sees half a file. */
    private void write(String name, String content) throws IOException {
        Path whole = Files.writeString(folder.resolve(name + ".new"), content);
        Files.move(whole, file(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void replace(String name, Path content) throws IOException {
        write(name, Files.readString(content));
    }

    /** Validates and generates without a pause, on one connection, and validates on new ones. */
    private final class Load {
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicLong calls = new AtomicLong();
        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        private final List<CompletableFuture<Void>> loops;

        Load(String link) {
            NotificationServiceGrpc.NotificationServiceBlockingStub notifications =
                    NotificationServiceGrpc.newBlockingStub(channel)
                            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(admin()));
            loops = List.of(
                    loop(() -> expectValid(validate(link, Freshness.FRESHNESS_STRICT))),
                    loop(() -> expectValid(validate(link, Freshness.FRESHNESS_CACHED))),
                    loop(() -> expectValid(validate(newToken(), Freshness.FRESHNESS_STRICT))),
                    loop(() -> expectServed(herald.channel(file("both.pem")))),
                    loop(() -> notifications.generateForSession(GenerateForSessionRequest.newBuilder()
                            .setSessionId(70)
                            .build())));
        }

        void goOnFor(long more) {
            long until = calls.get() + more;
            await().until(() -> calls.get() > until);
        }

        List<String> stop() {
            ended.set(true);
            loops.forEach(CompletableFuture::join);
            return List.copyOf(failures);
        }

        private CompletableFuture<Void> loop(Runnable call) {
            return CompletableFuture.runAsync(
                    () -> {
                        while (!ended.get()) {
                            try {
                                call.run();
                                calls.incrementAndGet();
                            } catch (RuntimeException e) {
                                failures.add(e.toString());
                            }
                        }
                    },
                    work -> new Thread(work, "load").start());
        }

        /** A handshake in the midst of the change. */
        private void expectServed(ManagedChannel fresh) {
            if (!serves(fresh)) {
                failures.add("a new connection");
            }
            fresh.shutdownNow();
        }

        private void expectValid(ValidateTokenResponse answer) {
            if (!answer.getValid()) {
                failures.add(answer.getReason().name());
            }
        }
    }
}
