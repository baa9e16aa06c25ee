package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StrangerLimitsTest {
    private static final int MANY = 4 * StrangerLimits.AT_ONCE;

    private final StrangerLimits limits = new StrangerLimits();

    @Test
    void failures_ofOneAddress_countForItAloneAndOfIpv6ForItsNetwork() {
        IntStream.range(0, MANY).forEach(i -> {
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
        IntStream.range(0, MANY).forEach(i -> limits.noteFailure(at("192.0.2.1")));
        IntStream.range(0, 10_000).forEach(i -> {
            limits.noteFailure(at("10.0." + i / 256 + "." + i % 256));
            assertThat(limits.remembered()).isLessThanOrEqualTo(4_096);
            assertThat(limits.waitOf(at("192.0.2.1"))).isPresent();
        });
    }

    private static InetSocketAddress at(String address) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), 1);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
