package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawHttp2;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that misuse HTTP/2 (F38, F39): each loses its connection, and nobody else notices. */
class AttackTest {
    private static final String VALIDATE = "/herald.v1.TokenService/ValidateToken";

    private HeraldFixture herald;
    private ManagedChannel honest;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        honest = herald.channel();
        assertServed(honest);
    }

    @AfterEach
    void stop() {
        long start = System.nanoTime();
        herald.close();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void client_resettingEveryStreamItOpens_isCutOff() {
        try (RawHttp2 client = RawHttp2.open(herald.port())) {
            repeat(2_000, i -> client.call(2 * i + 1, VALIDATE) && client.reset(2 * i + 1));
            assertThat(client.goAway()).hasValue(RawHttp2.ENHANCE_YOUR_CALM);
        }
        assertServed(honest);
    }

    /** The same from the other side: it has the server reset them (CVE-2025-8671). */
    @Test
    void client_makingTheServerResetEveryStream_isCutOff() {
        try (RawHttp2 client = RawHttp2.open(herald.port())) {
            repeat(2_000, i -> client.call(2 * i + 1, VALIDATE) && client.emptyWindowUpdate(2 * i + 1));
            assertThat(client.goAway()).hasValue(RawHttp2.ENHANCE_YOUR_CALM);
        }
        assertServed(honest);
    }

    @Test
    void client_pingingWithoutEnd_isCutOff() {
        try (RawHttp2 client = RawHttp2.open(herald.port())) {
            repeat(1_000, i -> client.ping());
            assertThat(client.goAway()).hasValue(RawHttp2.ENHANCE_YOUR_CALM);
        }
        assertServed(honest);
    }

    @Test
    void clients_thatNeverGetThroughThePreface_areDroppedWhileOthersAreServed() {
        List<RawHttp2> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 500; i++) {
                RawHttp2 client = RawHttp2.connect(herald.port());
                client.bytes(Arrays.copyOf(RawHttp2.PREFACE, i % RawHttp2.PREFACE.length));
                clients.add(client);
            }
            assertServed(honest);
            assertServed(herald.channel());
            // The handshake's ten seconds, for all of them together.
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                clients.forEach(client -> client.goAway());
                return true;
            });
            assertServed(herald.channel());
        } finally {
            clients.forEach(RawHttp2::close);
        }
    }

    @Test
    void connections_beyondTheLimit_areClosedUnreadUntilOthersGo() {
        try (HeraldFixture small = herald.another(Map.of("DELIVERY", "off", "GRPC_MAX_CONNECTIONS", "3"))) {
            ManagedChannel first = small.channel();
            assertServed(first);
            RawHttp2 second = RawHttp2.open(small.port());
            RawHttp2 third = RawHttp2.open(small.port());
            assertThat(second.next()).isPresent();
            assertThat(third.next()).isPresent();
            for (int i = 0; i < 20; i++) {
                try (RawHttp2 oneTooMany = RawHttp2.connect(small.port())) {
                    assertThat(oneTooMany.next()).isEmpty();
                }
            }
            assertServed(first);
            assertThat(small.application().rpc().refusals().count(Refusals.CONNECTION_LIMITED))
                    .isEqualTo(20);
            second.close();
            await().until(() -> isServed(small.channel()));
            third.close();
        }
    }

    private static void repeat(int most, IntPredicate step) {
        // Stops when nothing more is taken.
        assertThat(IntStream.range(0, most).takeWhile(step).count()).isPositive();
    }

    private static void assertServed(ManagedChannel channel) {
        assertThat(isServed(channel)).isTrue();
    }

    private static boolean isServed(ManagedChannel channel) {
        Metadata headers = RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ATTENDANCE));
        byte[] request = ValidateTokenRequest.newBuilder().setToken("x").build().toByteArray();
        return RawCall.toItsEnd(channel, VALIDATE.substring(1), headers, List.of(request))
                        .code()
                == Status.Code.OK;
    }
}
