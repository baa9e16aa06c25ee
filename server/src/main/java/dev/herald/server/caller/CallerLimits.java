package dev.herald.server.caller;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How many calls a second each caller may make of this process, with a second's worth at once. Callers are told apart by
 * subject. Thread-safe.
 */
public final class CallerLimits {
    private static final int MOST_REMEMBERED = 10_000;

    private final long perSecond;
    private final CallerAllowance.Later later;
    private final Counter paced;
    private final Map<String, CallerAllowance> allowances = new ConcurrentHashMap<>();

    /** 0: no limit. */
    public CallerLimits(long perSecond, ScheduledExecutorService timer, MeterRegistry meters) {
        this.perSecond = perSecond;
        this.later = (work, nanos) -> {
            var unused = timer.schedule(work, nanos, TimeUnit.NANOSECONDS);
        };
        this.paced = Counter.builder("herald.rpc.paced.messages")
                .description("messages of streams that had to wait for their caller's limit")
                .register(meters);
    }

    /** Whether there is any limit. */
    public boolean areSet() {
        return perSecond > 0;
    }

    /** Takes a call off what the caller has; otherwise, how long until there is one again. */
    public Optional<Duration> take(Caller caller) {
        return areSet() ? of(caller).take() : Optional.empty();
    }

    /** Has the next message of a stream asked for as soon as its caller has a call left for it; only where there is a limit. */
    public void pace(Caller caller, NextMessage message) {
        if (!of(caller).ask(message)) {
            paced.increment();
        }
    }

    /** Takes back what was paid for messages that never came. */
    public void giveBack(Caller caller, int messages) {
        of(caller).giveBack(messages);
    }

    private CallerAllowance of(Caller caller) {
        if (allowances.size() > MOST_REMEMBERED) {
            // A full allowance is as good as none.
            allowances.values().removeIf(CallerAllowance::isFull);
        }
        return allowances.computeIfAbsent(
                caller.subject(), subject -> new CallerAllowance(perSecond, later, TimeMeter.SYSTEM_NANOTIME));
    }
}
