package dev.herald.server.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A clock that runs with the machine's, from a moment a test can move. */
public final class SettableClock extends Clock {
    private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
    private volatile @Nullable Instant stopped;

    public void advance(Duration by) {
        offset.updateAndGet(before -> before.plus(by));
    }

    /** Stands at this moment from now on. */
    public void stopAt(Instant moment) {
        stopped = moment;
    }

    @Override
    public Instant instant() {
        Instant moment = stopped;
        return moment == null ? Clock.systemUTC().instant().plus(offset.get()) : moment;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new IllegalArgumentException("this clock tells UTC");
    }
}
