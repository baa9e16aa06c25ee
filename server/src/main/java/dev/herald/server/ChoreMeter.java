package dev.herald.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;

/** Figures of one of the {@link Housekeeper}'s chores. Thread-safe. */
final class ChoreMeter {
    private final String kind;
    private final Counter deleted;
    private final Counter failures;
    private volatile long succeededAt = System.nanoTime();

    /**
     * Figures that begin at nothing.
     *
     * @param kind what the chore throws away
     */
    ChoreMeter(MeterRegistry meters, String kind) {
        this.kind = kind;
        this.deleted = Counter.builder("herald.housekeeping.deleted")
                .description("rows that were of no more use, and are gone")
                .tag("kind", kind)
                .register(meters);
        this.failures = Counter.builder("herald.housekeeping.failures")
                .description("batches that could not be deleted")
                .tag("kind", kind)
                .register(meters);
        Gauge.builder("herald.housekeeping.success.age", this, ChoreMeter::age)
                .description("time since this process last could delete, whether or not there was anything")
                .baseUnit("seconds")
                .tag("kind", kind)
                .register(meters);
    }

    String kind() {
        return kind;
    }

    void deleted(int rows) {
        succeededAt = System.nanoTime();
        deleted.increment(rows);
    }

    void failed() {
        failures.increment();
    }

    private double age() {
        return (double) (System.nanoTime() - succeededAt) / TimeUnit.SECONDS.toNanos(1);
    }
}
