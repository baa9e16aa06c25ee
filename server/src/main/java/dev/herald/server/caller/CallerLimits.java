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
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many calls a second each caller may make of this process, with a second's worth at once. Callers are told apart by
 * subject. When there are more of them than are kept anyway, those who have their whole second's worth again are forgotten, looked
 * for once a second at most. So as many are remembered as call within about two seconds: nothing else bounds them, but each has a
 * name that a holder of a key gave it. Thread-safe.
 */
public final class CallerLimits {
    private static final int KEPT_ANYWAY = 10_000;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final long perSecond;
    private final CallerAllowance.Later later;
    private final TimeMeter time;
    private final Counter paced;
    private final Map<String, CallerAllowance> allowances = new ConcurrentHashMap<>();
    private final AtomicLong nextLook;

    /** 0: no limit. */
    public CallerLimits(long perSecond, ScheduledExecutorService timer, MeterRegistry meters) {
        this(
                perSecond,
                (work, nanos) -> {
                    var unused = timer.schedule(work, nanos, TimeUnit.NANOSECONDS);
                },
                meters,
                TimeMeter.SYSTEM_NANOTIME);
    }

    CallerLimits(long perSecond, CallerAllowance.Later later, MeterRegistry meters, TimeMeter time) {
        this.perSecond = perSecond;
        this.later = later;
        this.time = time;
        this.nextLook = new AtomicLong(time.currentTimeNanos());
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

    /** How many callers' allowances are kept. */
    int remembered() {
        return allowances.size();
    }

    private CallerAllowance of(Caller caller) {
        if (allowances.size() > KEPT_ANYWAY) {
            forgetTheQuiet();
        }
        return allowances.computeIfAbsent(caller.subject(), subject -> new CallerAllowance(perSecond, later, time));
    }

    private void forgetTheQuiet() {
        long now = time.currentTimeNanos();
        long due = nextLook.get();
        if (now - due >= 0 && nextLook.compareAndSet(due, now + SECOND)) {
            // A full allowance is as good as none.
            allowances.values().removeIf(CallerAllowance::isFull);
        }
    }
}
