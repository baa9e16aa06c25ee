package dev.herald.server.rpc;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what was turned away, and says so in one log line each ten seconds at most, however much comes: nobody can fill the log
 * from outside. Thread-safe.
 */
public final class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    private static final long QUIET = Duration.ofSeconds(10).toNanos();

    private final Map<Kind, Tally> tallies = new EnumMap<>(Kind.class);

    /** What was turned away. */
    public enum Kind {
        /** Calls without good credentials. */
        UNAUTHENTICATED_CALL,
        /** Calls of callers who lack the role. */
        FORBIDDEN_CALL,
        /** Calls beyond what their caller may make. */
        RATE_LIMITED_CALL,
        /** Calls for which there was no room in the queue. */
        SHED_CALL,
        /** Unary calls that took longer than any may. */
        OVERDUE_CALL,
        /** Bytes that are no message. */
        MALFORMED_REQUEST,
        /** Messages that are too large, as they came or unpacked. */
        OVERSIZED_REQUEST,
        /** Connections beyond the limit. */
        CONNECTION;

        private String words() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    private static final class Tally {
        private final Counter all;
        private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
        private final AtomicLong told = new AtomicLong();

        Tally(Counter all) {
            this.all = all;
        }
    }

    public Refusals(MeterRegistry meters) {
        for (Kind kind : Kind.values()) {
            tallies.put(
                    kind,
                    new Tally(Counter.builder("herald.rpc.turned.away")
                            .description("calls and connections turned away before a handler saw them")
                            .tag("kind", kind.name())
                            .register(meters)));
        }
    }

    /** How many of a kind since the start. */
    public long count(Kind kind) {
        return (long) tally(kind).all.count();
    }

    /** Counts one; {@code where} is a method's name or nothing a stranger chose. */
    void note(Kind kind, String where) {
        Tally tally = tally(kind);
        tally.all.increment();
        long now = System.nanoTime();
        long quietUntil = tally.quietUntil.get();
        if (now - quietUntil >= 0 && tally.quietUntil.compareAndSet(quietUntil, now + QUIET)) {
            long all = (long) tally.all.count();
            log.warn("turned away: {}, {}; {} since last told", kind.words(), where, all - tally.told.getAndSet(all));
        }
    }

    private Tally tally(Kind kind) {
        return java.util.Objects.requireNonNull(tallies.get(kind));
    }
}
