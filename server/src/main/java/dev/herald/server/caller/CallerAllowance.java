package dev.herald.server.caller;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.EstimationProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What one caller has left. Calls and messages of streams are taken from one bucket: a call when there is none is refused, a
 * message waits. So that neither keeps the other out, streams leave half of the bucket to calls, and half of the rate is theirs
 * whatever calls take. Messages wait in the order they came, without a thread. Thread-safe.
 */
final class CallerAllowance {
    private static final long SHORTEST_WAIT = TimeUnit.MILLISECONDS.toNanos(1);

    private final long perSecond;
    private final Bucket left;
    /** What of it is the streams' own. A tenth of a second's worth at once: what they take of it, calls lack. */
    private final Bucket share;

    private final Later later;
    private final Queue<NextMessage> waiting = new ArrayDeque<>();
    /** Whether the timer will look at those that wait. */
    private boolean timed;

    /** Has work done when so many nanoseconds have passed, on another thread. */
    @FunctionalInterface
    interface Later {
        void run(Runnable work, long nanos);
    }

    CallerAllowance(long perSecond, Later later, TimeMeter time) {
        this.perSecond = perSecond;
        this.later = later;
        this.left = bucket(perSecond, perSecond, Duration.ofSeconds(1), time);
        this.share = bucket(Math.max(1, perSecond / 10), perSecond, Duration.ofSeconds(2), time);
    }

    /** Takes a call; otherwise, how long until there is one again. */
    Optional<Duration> take() {
        ConsumptionProbe probe = left.tryConsumeAndReturnRemaining(1);
        return probe.isConsumed()
                ? Optional.empty()
                : Optional.of(Duration.ofMillis(1).plusNanos(probe.getNanosToWaitForRefill()));
    }

    /** Asks for a stream's next message when there is a call left for it, and it is its turn; whether that was at once. */
    boolean ask(NextMessage message) {
        synchronized (this) {
            waiting.add(message);
        }
        askInTurn();
        synchronized (this) {
            return !timed;
        }
    }

    void giveBack(int messages) {
        if (messages > 0) {
            left.addTokens(messages);
        }
    }

    /** Whether nothing was taken of late, and nobody waits. */
    synchronized boolean isFull() {
        return waiting.isEmpty() && left.getAvailableTokens() >= perSecond;
    }

    private void askInTurn() {
        for (NextMessage next = next(); next != null; next = next()) {
            next.ask();
        }
    }

    /** Who may ask now, the permit taken; null when nobody may, and then the timer comes back where somebody waits. */
    private synchronized @Nullable NextMessage next() {
        if (timed) {
            return null;
        }
        for (NextMessage first = waiting.peek(); first == null || first.isOver(); first = waiting.peek()) {
            if (waiting.poll() == null) {
                return null;
            }
        }
        long wait = takeForStream();
        if (wait == 0) {
            return waiting.poll();
        }
        timed = true;
        later.run(this::onTime, wait);
        return null;
    }

    private void onTime() {
        synchronized (this) {
            timed = false;
        }
        askInTurn();
    }

    /** 0, or the nanoseconds until it is worth trying again. */
    private long takeForStream() {
        EstimationProbe spare = left.estimateAbilityToConsume(perSecond / 2 + 1);
        if (spare.canBeConsumed() && left.tryConsume(1)) {
            return 0;
        }
        ConsumptionProbe own = share.tryConsumeAndReturnRemaining(1);
        if (own.isConsumed()) {
            // What is below nothing, the next calls lack.
            left.consumeIgnoringRateLimits(1);
            return 0;
        }
        return Math.max(SHORTEST_WAIT, Math.min(spare.getNanosToWaitForRefill(), own.getNanosToWaitForRefill()));
    }

    private static Bucket bucket(long capacity, long tokens, Duration period, TimeMeter time) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(capacity).refillGreedy(tokens, period))
                .withCustomTimePrecision(time)
                .build();
    }
}
