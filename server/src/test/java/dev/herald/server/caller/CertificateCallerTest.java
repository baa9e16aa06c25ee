package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.server.testing.TestAuthority;
import dev.herald.server.testing.TestAuthority.Identity;
import dev.herald.v1.GetNotificationRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateCallerTest {
    private static final String GET = "herald.v1.NotificationService/GetNotification";
    private static final byte[] UNKNOWN_NOTIFICATION =
            GetNotificationRequest.newBuilder().setEmailId(4711).build().toByteArray();

    private static TestAuthority authority;
    private static Identity server;
    private static HeraldFixture herald;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        authority = TestAuthority.named("campus");
        server = authority.issue("dns:localhost", "ip:127.0.0.1");
        herald = HeraldFixture.start(settings());
    }

    private static Map<String, String> settings() {
        return Map.of(
                "DELIVERY",
                "off",
                "AUTH",
                "mtls",
                "AUTH_ROLES",
                "spiffe://campus/reports=reader, spiffe://campus/doors=attendance",
                "GRPC_TLS_CERT",
                server.chain().toString(),
                "GRPC_TLS_KEY",
                server.key().toString(),
                "GRPC_TLS_CLIENT_CA",
                authority.certificate().toString());
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    @Test
    void call_oneSpiffeIdWithARole_isServedAsThatRole() {
        assertThat(get("uri:spiffe://campus/reports").code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(get("dns:reports.campus.example", "uri:spiffe://campus/reports")
                        .code())
                .isEqualTo(Status.Code.NOT_FOUND);
        Answer answer = get("uri:spiffe://campus/doors");
        assertThat(answer.code()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(answer.reason()).isEqualTo("ROLE_REQUIRED");
    }

    @Test
    void call_noUriNameOrTwoOrOneWithoutARole_isUnauthenticated() {
        for (String[] names : new String[][] {
            {},
            {"dns:spiffe.campus.example"},
            {"uri:spiffe://campus/reports", "uri:spiffe://campus/doors"},
            {"uri:spiffe://campus/reports", "uri:https://campus.example/"},
            {"uri:spiffe://campus/unknown"},
            {"uri:spiffe://campus/reports/more"},
            {"uri:spiffe://CAMPUS/reports"},
        }) {
            Answer answer = get(names);
            assertThat(answer.code()).as(String.join(" ", names)).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(answer.reason()).isEqualTo("UNAUTHENTICATED_CALLER");
        }
    }

    @Test
    void call_aBearerTokenBesidesAnUnknownCertificate_countsForNothing() {
        ManagedChannel channel = herald.channel(authority, authority.issue("uri:spiffe://campus/unknown"));
        Metadata headers = RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN));
        assertThat(RawCall.toItsEnd(channel, GET, headers, List.of(UNKNOWN_NOTIFICATION))
                        .code())
                .isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void connection_withoutCertificateOrWithAStrangersOne_isRefused() {
        assertThat(call(herald.channel(authority)).code()).isEqualTo(Status.Code.UNAVAILABLE);
        Identity strangers = TestAuthority.named("campus").issue("uri:spiffe://campus/reports");
        assertThat(call(herald.channel(authority, strangers)).code()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call(herald.channel()).code()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    /** As docs/operations.md tells: old and new together, then the new one alone. */
    @Test
    void clientAuthority_replacedWhileServing_letsNewClientsInAndKeepsOldOnesOut() throws IOException {
        Path file = Files.copy(authority.certificate(), folder.resolve("clients.pem"));
        TestAuthority next = TestAuthority.named("next");
        Identity old = authority.issue("uri:spiffe://campus/reports");
        Identity fresh = next.issue("uri:spiffe://campus/reports");
        Map<String, String> settings = new HashMap<>(settings());
        settings.put("GRPC_TLS_CLIENT_CA", file.toString());
        try (HeraldFixture another = herald.another(settings)) {
            ManagedChannel open = another.channel(authority, old);
            assertThat(call(open).code()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(call(another.channel(authority, fresh)).code()).isEqualTo(Status.Code.UNAVAILABLE);
            Files.writeString(file, Files.readString(authority.certificate()) + Files.readString(next.certificate()));
            await().until(() -> call(another.channel(authority, fresh)).code() == Status.Code.NOT_FOUND);
            assertThat(call(another.channel(authority, old)).code()).isEqualTo(Status.Code.NOT_FOUND);
            ManagedChannel trusted = another.channel(authority, fresh);
            assertThat(call(trusted).code()).isEqualTo(Status.Code.NOT_FOUND);
            Files.writeString(file, Files.readString(next.certificate()));
            await().until(() -> call(another.channel(authority, old)).code() == Status.Code.UNAVAILABLE);
            assertThat(call(another.channel(authority, fresh)).code()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(call(open).code()).as("the connection from before").isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(call(trusted).code()).as("the other from before").isEqualTo(Status.Code.NOT_FOUND);
            Files.copy(authority.certificate(), file, StandardCopyOption.REPLACE_EXISTING);
            await().until(() -> call(open).code() == Status.Code.NOT_FOUND);
        }
    }

    /** A session that is resumed skips the look at its certificate that a new one begins with. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void session_resumedAfterItsAuthorityWentAway_opensNothing(String protocol) throws IOException {
        Path file = Files.copy(authority.certificate(), folder.resolve("clients.pem"));
        Map<String, String> settings = new HashMap<>(settings());
        settings.put("GRPC_TLS_CLIENT_CA", file.toString());
        Identity own = authority.issue("uri:spiffe://campus/reports");
        try (HeraldFixture another = herald.another(settings)) {
            SslContext resuming = client(own, protocol);
            assertThat(visit(another, resuming)).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(visit(another, resuming)).isEqualTo(Status.Code.NOT_FOUND);
            Files.copy(server.chain(), file, StandardCopyOption.REPLACE_EXISTING);
            await().until(() -> visit(another, client(own, protocol)) == Status.Code.UNAVAILABLE);
            // That it gets as far as a call shows that its session was resumed.
            assertThat(visit(another, resuming)).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    @Test
    void certificate_expiredSinceTheConnectionWasMade_isUnauthenticated() {
        try (HeraldFixture another = HeraldFixture.start(settings())) {
            ManagedChannel open = another.channel(authority, authority.issue("uri:spiffe://campus/reports"));
            assertThat(call(open).code()).isEqualTo(Status.Code.NOT_FOUND);
            another.clock().advance(Duration.ofDays(89));
            assertThat(call(open).code()).isEqualTo(Status.Code.NOT_FOUND);
            another.clock().advance(Duration.ofDays(2));
            assertThat(call(open).code()).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    @Test
    void certificate_ofAnIntermediateThatExpiredSince_isUnauthenticated() {
        try (HeraldFixture another = HeraldFixture.start(settings())) {
            ManagedChannel open = another.channel(authority, authority.issueBelow(10, "uri:spiffe://campus/reports"));
            assertThat(call(open).code()).isEqualTo(Status.Code.NOT_FOUND);
            another.clock().advance(Duration.ofDays(9));
            assertThat(call(open).code()).isEqualTo(Status.Code.NOT_FOUND);
            another.clock().advance(Duration.ofDays(2));
            assertThat(call(open).code()).isEqualTo(Status.Code.UNAUTHENTICATED);
        }
    }

    /** One connection, one call. */
    private static Status.Code visit(HeraldFixture herald, SslContext client) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", herald.port())
                .sslContext(client)
                .build();
        try {
            return call(channel).code();
        } finally {
            channel.shutdownNow();
        }
    }

    /** Connections of one context resume each other's session where the server lets them. */
    private static SslContext client(Identity own, String protocol) throws IOException {
        return GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
                .trustManager(authority.certificate().toFile())
                .keyManager(own.chain().toFile(), own.key().toFile())
                .protocols(protocol)
                .build();
    }

    private static Answer get(String... names) {
        return call(herald.channel(authority, authority.issue(names)));
    }

    private static Answer call(ManagedChannel channel) {
        return RawCall.toItsEnd(channel, GET, new Metadata(), List.of(UNKNOWN_NOTIFICATION));
    }
}
