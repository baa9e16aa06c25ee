package dev.herald.server.delivery;

import dev.herald.server.delivery.DeliveryResult.Failed;
import dev.herald.server.delivery.DeliveryResult.Postponed;
import dev.herald.server.delivery.DeliveryResult.Sent;
import dev.herald.server.delivery.Relays.Relay;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/**
 * Figures of delivery in this process. Labels are kinds, relays and the words of enums: few, and nobody's. Thread-safe.
 */
final class DeliveryMeter {
    private static final Duration[] BUCKETS = LongStream.of(
                    1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry meters;
    private final Map<Result, Counter> results = new ConcurrentHashMap<>();
    private final Map<Tried, Timer> attempts = new ConcurrentHashMap<>();
    private final Counter lostLeases;
    private final Counter takenOver;
    private final Counter unknownOutcomes;
    private final Counter unrecorded;

    private record Result(String kind, String result, String reason) {}

    private record Tried(String relay, AttemptOutcome outcome) {}

    DeliveryMeter(MeterRegistry meters, Collection<String> kinds) {
        this.meters = meters;
        this.lostLeases = counter("herald.delivery.lost.leases", "leases this process lost on mail it had in hand");
        this.takenOver =
                counter("herald.delivery.taken.over", "mails taken over after another process's lease ran out");
        this.unknownOutcomes = duplicates("outcome_unknown");
        this.unrecorded = duplicates("result_not_recorded");
        kinds.forEach(this::begin);
    }

    /** Nobody sees a counter rise that begins at 1, so those that somebody waits for begin at 0. */
    private void begin(String kind) {
        results.computeIfAbsent(new Result(kind, "sent", ""), this::result);
        for (FailureReason reason : FailureReason.values()) {
            results.computeIfAbsent(new Result(kind, "failed", reason.word()), this::result);
        }
    }

    /** Follows the relays' states, and how much is in hand. */
    void watch(List<Relay> relays, InHand inHand) {
        for (Relay relay : relays) {
            Gauge.builder("herald.relay.up", relay, one -> one.breaker().isClosed() ? 1 : 0)
                    .description("1 while mail is sent to the relay, 0 while sending to it pauses")
                    .tag("relay", relay.name())
                    .register(meters);
        }
        Gauge.builder("herald.delivery.in.hand", inHand, InHand::size)
                .description("mails this process holds: claimed, and what became of them not yet written down")
                .register(meters);
    }

    /** Results that were written down. */
    void recorded(List<DeliveryResult> written) {
        for (DeliveryResult result : written) {
            results.computeIfAbsent(of(result), this::result).increment();
            if (result instanceof Postponed postponed && postponed.attempt().outcome() == AttemptOutcome.UNKNOWN) {
                unknownOutcomes.increment();
            }
        }
    }

    /** Results whose lease was lost, so that they count for nothing; somebody else sends those mails. */
    void lost(List<DeliveryResult> unwritten) {
        lostLeases.increment(unwritten.size());
        unrecorded.increment(
                (double) unwritten.stream().filter(Sent.class::isInstance).count());
    }

    void lostLeases(int number) {
        lostLeases.increment(number);
    }

    void tookOver(int number) {
        takenOver.increment(number);
    }

    void attempted(Attempt attempt) {
        attempts.computeIfAbsent(new Tried(attempt.relay(), attempt.outcome()), this::attempt)
                .record(attempt.duration());
    }

    private static Result of(DeliveryResult result) {
        String reason = "";
        if (result instanceof Failed failed) {
            reason = failed.reason().word();
        } else if (result instanceof Postponed postponed) {
            reason = postponed.attempt().outcome().word();
        }
        return new Result(result.claim().kind(), DeliveryTracer.word(result), reason);
    }

    private Counter result(Result key) {
        return Counter.builder("herald.delivery.results")
                .description("what became of claimed mails, as written down")
                .tag("kind", key.kind)
                .tag("result", key.result)
                .tag("reason", key.reason)
                .register(meters);
    }

    private Timer attempt(Tried key) {
        return Timer.builder("herald.delivery.attempt.duration")
                .description("time one mail took at a relay")
                .tag("relay", key.relay)
                .tag("outcome", key.outcome.word())
                .serviceLevelObjectives(BUCKETS)
                .register(meters);
    }

    private Counter duplicates(String cause) {
        return Counter.builder("herald.delivery.possible.duplicates")
                .description("mails that may arrive twice")
                .tag("cause", cause)
                .register(meters);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(meters);
    }
}
