package dev.herald.server.rpc;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many calls a second each caller may make of this process, with a second's worth at once. Callers are told apart by
 * subject. Thread-safe.
 */
final class CallerLimits {
    private static final int MOST_REMEMBERED = 10_000;

    private final long perSecond;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    /** 0: no limit. */
    CallerLimits(long perSecond) {
        this.perSecond = perSecond;
    }

    /** Takes a call off what the caller has; otherwise, how long until there is one again. */
    Optional<Duration> take(Caller caller) {
        if (perSecond == 0) {
            return Optional.empty();
        }
        if (buckets.size() > MOST_REMEMBERED) {
            forgetTheIdle();
        }
        ConsumptionProbe probe =
                buckets.computeIfAbsent(caller.subject(), this::newBucket).tryConsumeAndReturnRemaining(1);
        return probe.isConsumed()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(1).plusNanos(probe.getNanosToWaitForRefill()));
    }

    private Bucket newBucket(String subject) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(perSecond).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .build();
    }

    /** A full bucket is as good as none. */
    private void forgetTheIdle() {
        buckets.values().removeIf(bucket -> bucket.getAvailableTokens() >= perSecond);
    }
}
