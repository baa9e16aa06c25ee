package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import dev.herald.server.config.Secret;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Link;
import dev.herald.server.testing.Load;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.SecretFiles;
import dev.herald.server.testing.TestAuthority;
import dev.herald.server.testing.TestAuthority.Identity;
import dev.herald.server.token.KeyRing;
import dev.herald.server.token.TokenConfig;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateTokenRequest;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** F47: everything that can be rotated is, as docs/operations.md tells, while calls come in and mail goes out. */
class RotationUnderLoadTest {
    private static final String OLD = HeraldFixture.SIGNING_KEY;
    private static final String NEW = "a-newer-signing-key-of-tests-0123456789abcdef";
    private static final int STUDENTS = 5;

    @TempDir
    Path folder;

    private final AtomicInteger sessions = new AtomicInteger();
    private SecretFiles files;
    private TestAuthority first;
    private TestAuthority second;
    private Identity secondIdentity;
    private HeraldFixture herald;
    private volatile Client client;

    /** Somebody who calls: by a certificate and a token, over one connection. */
    private record Client(Identity identity, ManagedChannel channel, String bearer) {
        TokenServiceGrpc.TokenServiceBlockingStub tokens() {
            return TokenServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(
                            MetadataUtils.newAttachHeadersInterceptor(RawCall.authorization("Bearer " + bearer)));
        }

        NotificationServiceGrpc.NotificationServiceBlockingStub notifications() {
            return NotificationServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(
                            MetadataUtils.newAttachHeadersInterceptor(RawCall.authorization("Bearer " + bearer)));
        }

        boolean accepts(String link) {
            return tokens().validateToken(
                            ValidateTokenRequest.newBuilder().setToken(link).build())
                    .getValid();
        }

        Status.Code answer() {
            try {
                accepts("x");
                return Status.Code.OK;
            } catch (StatusRuntimeException e) {
                return e.getStatus().getCode();
            }
        }
    }

    @BeforeEach
    void start() {
        files = new SecretFiles(folder);
        first = TestAuthority.named("first");
        second = TestAuthority.named("second");
        Identity firstIdentity = first.issue("ip:127.0.0.1");
        secondIdentity = second.issue("ip:127.0.0.1");
        files.write("key", OLD);
        files.write("previous", "");
        files.write("callers", keySet("old"));
        files.copy("server.pem", firstIdentity.chain());
        files.copy("server.key", firstIdentity.key());
        files.copy("clients.pem", first.certificate());
        files.copy("both.pem", first.certificate(), second.certificate());
        herald = HeraldFixture.start(Map.of(
                "JWT_SECRET_KEY_FILE", files.name("key"),
                "JWT_PREVIOUS_SECRET_KEYS_FILE", files.name("previous"),
                "AUTH_JWKS_FILE", files.name("callers"),
                "GRPC_TLS_CERT", files.name("server.pem"),
                "GRPC_TLS_KEY", files.name("server.key"),
                "GRPC_TLS_CLIENT_CA", files.name("clients.pem")));
        herald.update("INSERT INTO courses VALUES (7, 'CS401', 'Compilers')");
        herald.update("INSERT INTO sessions (session_id, course_id, program_id, time_created, time_ended)"
                + " SELECT id, 7, 5, now(), now() + interval '1 hour' FROM generate_series(1, 20000) AS id");
        herald.insertStudents(1, STUDENTS);
        client = client(firstIdentity, "old");
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void rotate_keysCertificatesAndAuthoritiesWhileMailGoesOut_failsNoCallAndLosesNoMail() {
        Client before = client;
        String link = newLink();
        Load load = Load.of(
                () -> assertThat(client.accepts(link)).isTrue(),
                () -> assertThat(client.accepts(newLink())).isTrue(),
                this::callOverANewConnection,
                this::generate);
        load.awaitTurn();
        makeTheNewKnown();
        Client settled = client(first.certificate(), secondIdentity, "new");
        assertThat(settled.answer()).isEqualTo(Status.Code.OK);
        load.awaitTurn();
        changeToTheNew();
        assertKeptItsConnection(settled);
        load.awaitTurn();
        takeTheOldAway(before);
        load.awaitTurn();
        assertKeptItsConnection(settled);
        assertThat(load.stop()).as("calls that failed").isEmpty();
        assertThat(client.answer()).isEqualTo(Status.Code.OK);
        assertEveryLinkArrivedAndIsGood();
    }

    private void makeTheNewKnown() {
        files.write("previous", NEW);
        files.write("callers", keySet("old", "new"));
        files.copy("clients.pem", first.certificate(), second.certificate());
        await().until(() -> client(secondIdentity, "new").answer() == Status.Code.OK);
    }

    private void changeToTheNew() {
        files.write("previous", NEW + "\n" + OLD);
        files.write("key", NEW);
        files.copy("server.key", secondIdentity.key());
        files.copy("server.pem", secondIdentity.chain());
        client = client(secondIdentity, "new");
        await().until(() -> JWT.decode(newLink()).getKeyId().equals(kid(NEW)));
        await().until(() ->
                new Client(secondIdentity, herald.channel(second.certificate(), secondIdentity), client.bearer).answer()
                        == Status.Code.OK);
    }

    /** It trusts the first authority alone: it could not connect to the second certificate. */
    private void assertKeptItsConnection(Client settled) {
        assertThat(client(first.certificate(), settled.identity, "new").answer())
                .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(settled.answer()).as("over the connection from before").isEqualTo(Status.Code.OK);
    }

    /** From the moment they are out, neither certificate nor key opens anything, on the open connection neither. */
    private void takeTheOldAway(Client before) {
        Client oldKey = new Client(secondIdentity, client.channel, before.bearer);
        Client oldCertificate = new Client(before.identity, before.channel, client.bearer);
        assertThat(Stream.of(before, oldKey, oldCertificate).map(Client::answer))
                .containsOnly(Status.Code.OK);
        files.copy("clients.pem", second.certificate());
        await().until(() -> oldCertificate.answer() == Status.Code.UNAUTHENTICATED);
        assertThat(new Client(before.identity, herald.channel(files.path("both.pem"), before.identity), client.bearer)
                        .answer())
                .isEqualTo(Status.Code.UNAVAILABLE);
        files.write("callers", keySet("new"));
        await().until(() -> oldKey.answer() == Status.Code.UNAUTHENTICATED);
    }

    private void assertEveryLinkArrivedAndIsGood() {
        long made = (long) sessions.get() * STUDENTS;
        await().until(() -> herald.number("SELECT count(*) FROM email_notifications WHERE status = 'sent'") == made);
        List<Received> mails = herald.relay().mails();
        assertThat(mails).hasSize(Math.toIntExact(made));
        List<String> links = mails.stream().map(Link::tokenIn).toList();
        assertThat(links).doesNotHaveDuplicates().allMatch(client::accepts);
        assertThat(links.stream().map(token -> JWT.decode(token).getKeyId()).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(kid(OLD), kid(NEW));
    }

    private void callOverANewConnection() {
        Client now = client;
        ManagedChannel fresh = herald.channel(files.path("both.pem"), now.identity);
        assertThat(new Client(now.identity, fresh, now.bearer).answer()).isEqualTo(Status.Code.OK);
        fresh.shutdownNow();
    }

    /** One more session, when the mail of those before is nearly out. */
    private void generate() {
        int session = sessions.incrementAndGet();
        assertThat(client.notifications()
                        .generateForSession(GenerateForSessionRequest.newBuilder()
                                .setSessionId(session)
                                .build())
                        .getNotificationsCreated())
                .isEqualTo(STUDENTS);
        await().pollInterval(Duration.ofMillis(5)).until(() -> herald.relay().accepted() > (session - 3) * STUDENTS);
    }

    private String newLink() {
        return client.tokens()
                .generateToken(GenerateTokenRequest.newBuilder()
                        .setStudentProfileId(1)
                        .setSessionId(20_000)
                        .setExpiresAt(
                                HeraldFixture.timestamp(herald.clock().instant().plusSeconds(1_800)))
                        .build())
                .getToken();
    }

    private Client client(Identity identity, String kid) {
        return client(files.path("both.pem"), identity, kid);
    }

    private Client client(Path trusted, Identity identity, String kid) {
        String bearer = JWT.create()
                .withKeyId(kid)
                .withSubject("test")
                .withAudience("herald")
                .withClaim("roles", List.of("admin"))
                .withExpiresAt(Instant.now().plusSeconds(600))
                .sign(Algorithm.HMAC256(callerKey(kid)));
        return new Client(identity, herald.channel(trusted, identity), bearer);
    }

    private static byte[] callerKey(String kid) {
        return ("the-" + kid + "-key-of-callers-in-tests-0123456789abcdef").getBytes(StandardCharsets.UTF_8);
    }

    private static String keySet(String... kids) {
        return Stream.of(kids)
                .map(kid -> "{\"kty\":\"oct\",\"kid\":\"" + kid + "\",\"k\":\""
                        + Base64.getUrlEncoder().withoutPadding().encodeToString(callerKey(kid)) + "\"}")
                .collect(Collectors.joining(",", "{\"keys\":[", "]}"));
    }

    private static String kid(String key) {
        return KeyRing.of(new TokenConfig(new Secret(key), List.of())).currentKid();
    }
}
