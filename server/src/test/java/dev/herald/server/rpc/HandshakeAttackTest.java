package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawHttp2;
import dev.herald.server.testing.TestAuthority;
import dev.herald.server.testing.TestAuthority.Identity;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients that never get through with connecting (F39). They are dropped when the time for it is over, and others are served. */
class HandshakeAttackTest {
    private static final String VALIDATE = "herald.v1.TokenService/ValidateToken";
    private static final Duration HANDSHAKE = Duration.ofSeconds(1);
    private static final Duration LATEST = HANDSHAKE.plusSeconds(2);

    private static TestAuthority authority;
    private static Map<String, String> tls;
    private static HeraldFixture patient;

    @BeforeAll
    static void start() {
        authority = TestAuthority.named("campus");
        Identity server = authority.issue("ip:127.0.0.1");
        patient = HeraldFixture.start(Map.of("DELIVERY", "off"));
        tls = Map.of(
                "DELIVERY", "off",
                "GRPC_TLS_CERT", server.chain().toString(),
                "GRPC_TLS_KEY", server.key().toString());
    }

    @AfterAll
    static void stop() {
        patient.close();
    }

    @Test
    void clients_thatNeverGetThroughThePreface_areDroppedWhileOthersAreServed() {
        try (HeraldFixture herald = hasty(Map.of("DELIVERY", "off"))) {
            assertDropped(500, i -> halfPreface(RawHttp2.connect(herald.port()), i), herald::channel);
        }
    }

    /** Most stop within TLS, some behind it within the preface. */
    @Test
    void clients_thatNeverGetThroughTlsOrThePrefaceBehindIt_areDroppedWhileOthersAreServed() {
        byte[] hello = clientHello();
        SSLContext context = authority.trusting();
        try (HeraldFixture herald = hasty(tls)) {
            assertDropped(
                    500,
                    i -> i % 20 == 0
                            ? halfPreface(RawHttp2.connect(herald.port(), context), i)
                            : begun(RawHttp2.connect(herald.port()), hello, i),
                    () -> herald.channel(authority));
        }
    }

    @Test
    void clients_thatFillTheLimitWithoutGettingThroughTls_keepOthersOutNoLongerThanAHandshakeMayTake() {
        Map<String, String> small = new HashMap<>(tls);
        small.put("GRPC_MAX_CONNECTIONS", "20");
        try (HeraldFixture herald = hasty(small)) {
            ManagedChannel open = herald.channel(authority);
            assertThat(isServed(open)).isTrue();
            List<RawHttp2> silent = open(19, i -> RawHttp2.connect(herald.port()));
            await().until(() -> {
                try (RawHttp2 oneTooMany = RawHttp2.connect(herald.port())) {
                    return oneTooMany.next().isEmpty();
                }
            });
            assertThat(isServed(open)).isTrue();
            await().atMost(LATEST).until(() -> isServed(herald.channel(authority)));
            silent.forEach(RawHttp2::close);
        }
    }

    private static HeraldFixture hasty(Map<String, String> settings) {
        return patient.another(
                settings, new ConnectionTimes(Duration.ofSeconds(60), Duration.ofSeconds(20), HANDSHAKE));
    }

    private static void assertDropped(int count, IntFunction<RawHttp2> attacker, Supplier<ManagedChannel> honest) {
        ManagedChannel before = honest.get();
        assertThat(isServed(before)).isTrue();
        List<RawHttp2> clients = open(count, attacker);
        long start = System.nanoTime();
        try {
            assertThat(isServed(before)).isTrue();
            assertThat(isServed(honest.get())).isTrue();
            clients.forEach(RawHttp2::awaitEnd);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LATEST);
            assertThat(isServed(before)).isTrue();
            assertThat(isServed(honest.get())).isTrue();
        } finally {
            clients.forEach(RawHttp2::close);
        }
    }

    private static List<RawHttp2> open(int count, IntFunction<RawHttp2> client) {
        List<RawHttp2> clients = new ArrayList<>();
        IntStream.range(0, count).forEach(i -> clients.add(client.apply(i)));
        return clients;
    }

    private static RawHttp2 halfPreface(RawHttp2 client, int bytes) {
        client.bytes(Arrays.copyOf(RawHttp2.PREFACE, bytes % RawHttp2.PREFACE.length));
        return client;
    }

    private static RawHttp2 begun(RawHttp2 client, byte[] hello, int bytes) {
        client.bytes(Arrays.copyOf(hello, bytes % (hello.length + 1)));
        return client;
    }

    /** What a client says first; whoever says no more is waited for. */
    private static byte[] clientHello() {
        try {
            SSLEngine engine = authority.trusting().createSSLEngine();
            engine.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.wrap(ByteBuffer.allocate(0), hello);
            return Arrays.copyOf(hello.array(), hello.position());
        } catch (SSLException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isServed(ManagedChannel channel) {
        Metadata headers = RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ATTENDANCE));
        byte[] request = ValidateTokenRequest.newBuilder().setToken("x").build().toByteArray();
        return RawCall.toItsEnd(channel, VALIDATE, headers, List.of(request)).code() == Status.Code.OK;
    }
}
