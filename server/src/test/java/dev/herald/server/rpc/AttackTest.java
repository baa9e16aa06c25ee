package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawHttp2;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that misuse HTTP/2 (F38): each loses its connection, and nobody else notices. */
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

    /** Fifteen thousand streams and sixty thousand pings; half a kilobyte kept of each stream would be seen. */
    @Test
    void attackers_oneAfterAnother_leaveNoMemoryBehind() {
        attack(20);
        long heap = usedHeap();
        long direct = PlatformDependent.usedDirectMemory();
        attack(60);
        await().untilAsserted(() -> {
            assertThat(usedHeap() - heap).as("growth of the heap").isLessThan(4 << 20);
            assertThat(PlatformDependent.usedDirectMemory() - direct)
                    .as("growth of direct memory")
                    .isLessThan(8 << 20);
        });
        assertServed(honest);
    }

    private void attack(int times) {
        for (int i = 0; i < times; i++) {
            try (RawHttp2 client = RawHttp2.open(herald.port())) {
                repeat(250, call -> client.call(2 * call + 1, VALIDATE) && client.reset(2 * call + 1));
                client.awaitEnd();
            }
            try (RawHttp2 client = RawHttp2.open(herald.port())) {
                repeat(1_000, ping -> client.ping());
                client.awaitEnd();
            }
        }
    }

    /** What is still in use when the collector has been asked. */
    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
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
