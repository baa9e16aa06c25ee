package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StrangerLimitsTest {
    private final AtomicLong nanos = new AtomicLong(1);
    private final StrangerLimits limits = new StrangerLimits(new SetTime(nanos));

    @Test
    void failures_ofOneAddress_countForItAloneAndOfIpv6ForItsNetwork() {
        IntStream.range(0, StrangerLimits.AT_ONCE).forEach(i -> {
            limits.noteFailure(at("192.0.2.1"));
            limits.noteFailure(at("2001:db8::1"));
        });
        assertThat(limits.waitOf(at("192.0.2.1"))).isPresent();
        assertThat(limits.waitOf(at("192.0.2.2"))).isEmpty();
        assertThat(limits.waitOf(at("2001:db8::ffff"))).isPresent();
        assertThat(limits.waitOf(at("2001:db8:0:1::1"))).isEmpty();
        assertThat(limits.waitOf(null)).isEmpty();
    }

    @Test
    void failures_fromMoreAddressesThanAreRemembered_forgetTheQuietOnes() {
        IntStream.range(0, StrangerLimits.AT_ONCE).forEach(i -> limits.noteFailure(at("192.0.2.1")));
        IntStream.range(0, 10_000).forEach(i -> {
            limits.noteFailure(at("10.0." + i / 256 + "." + i % 256));
            assertThat(limits.remembered()).isLessThanOrEqualTo(4_096);
            assertThat(limits.waitOf(at("192.0.2.1"))).isPresent();
        });
    }

    @Test
    void failures_asTimePasses_areForgiven() {
        IntStream.range(0, StrangerLimits.AT_ONCE).forEach(i -> {
            assertThat(limits.waitOf(at("192.0.2.1"))).isEmpty();
            limits.noteFailure(at("192.0.2.1"));
        });
        assertThat(limits.waitOf(at("192.0.2.1"))).contains(Duration.ofMillis(101));
        nanos.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(limits.waitOf(at("192.0.2.1"))).isEmpty();
    }

    private record SetTime(AtomicLong nanos) implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    private static InetSocketAddress at(String address) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), 1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
