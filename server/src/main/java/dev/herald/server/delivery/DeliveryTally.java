package dev.herald.server.delivery;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** How many mails this process sent and gave up within the last minute. Thread-safe. */
final class DeliveryTally {
    private static final int SECONDS = 60;

    private final LongSupplier nanos;
    private final long[] seconds = new long[SECONDS];
    private final long[] sent = new long[SECONDS];
    private final long[] failed = new long[SECONDS];

    /** The figures of a minute. */
    record Counts(long sent, long failed) {}

    /**
     * Nothing counted yet.
     *
     * @param nanos a monotonic clock
     */
    DeliveryTally(LongSupplier nanos) {
        this.nanos = nanos;
        Arrays.fill(seconds, Long.MIN_VALUE);
    }

    /** Counts results that were written down. */
    synchronized void add(List<DeliveryResult> results) {
        long second = second();
        int place = Math.floorMod(second, SECONDS);
        if (seconds[place] != second) {
            seconds[place] = second;
            sent[place] = 0;
            failed[place] = 0;
        }
        for (DeliveryResult result : results) {
            sent[place] += result instanceof DeliveryResult.Sent ? 1 : 0;
            failed[place] += result instanceof DeliveryResult.Failed ? 1 : 0;
        }
    }

    synchronized Counts lastMinute() {
        long oldest = second() - SECONDS;
        long allSent = 0;
        long allFailed = 0;
        for (int place = 0; place < SECONDS; place++) {
            if (seconds[place] > oldest) {
                allSent += sent[place];
                allFailed += failed[place];
            }
        }
        return new Counts(allSent, allFailed);
    }

    private long second() {
        return TimeUnit.NANOSECONDS.toSeconds(nanos.getAsLong());
    }
}
