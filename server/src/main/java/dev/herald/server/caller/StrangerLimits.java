package dev.herald.server.caller;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens an address may show that are dear to verify and turn out to be nobody's. An IPv6 address counts with its whole
 * /64, which is what one customer gets. Of addresses beyond the most that are remembered, those quiet for longest are forgotten.
 * Thread-safe.
 */
final class StrangerLimits {
    static final int AT_ONCE = 100;
    private static final int PER_SECOND = 10;
    private static final int MOST_REMEMBERED = 4_096;
    private static final int IPV6_PREFIX_BYTES = 8;
    private static final ByteBuffer ELSEWHERE = ByteBuffer.allocate(0);

    private final Map<ByteBuffer, Bucket> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Bucket> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private final TimeMeter time;

    StrangerLimits() {
        this(TimeMeter.SYSTEM_NANOTIME);
    }

    StrangerLimits(TimeMeter time) {
        this.time = time;
    }

    /** How long until a credential from there is looked at again; empty: at once. */
    Optional<Duration> waitOf(@Nullable SocketAddress peer) {
        Bucket bucket = find(peer);
        long nanos = bucket == null ? 0 : bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
        return nanos == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(1).plusNanos(nanos));
    }

    /** Counts one that was nobody's. */
    void noteFailure(@Nullable SocketAddress peer) {
        Bucket bucket;
        synchronized (failures) {
            bucket = failures.computeIfAbsent(place(peer), any -> newBucket(time));
        }
        var unused = bucket.tryConsume(1);
    }

    /** How many addresses are remembered. */
    int remembered() {
        synchronized (failures) {
            return failures.size();
        }
    }

    private @Nullable Bucket find(@Nullable SocketAddress peer) {
        synchronized (failures) {
            return failures.get(place(peer));
        }
    }

    private static ByteBuffer place(@Nullable SocketAddress peer) {
        if (!(peer instanceof InetSocketAddress internet) || internet.getAddress() == null) {
            return ELSEWHERE;
        }
        byte[] address = internet.getAddress().getAddress();
        return ByteBuffer.wrap(Arrays.copyOf(address, Math.min(address.length, IPV6_PREFIX_BYTES)));
    }

    private static Bucket newBucket(TimeMeter time) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(AT_ONCE).refillGreedy(PER_SECOND, Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build();
    }
}
