package dev.herald.server.delivery;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Where in the queue the next claim begins. Behind the last one where possible: what stands before it is taken, or can't be, and
 * while another transaction keeps vacuum from its work the dead entries there would be walked again and again. From the very
 * front at least every 200 ms, and whenever mail was queued. {@link #rewind} is thread-safe; the rest is for one thread.
 */
final class ClaimFront {
    static final long START = Long.MIN_VALUE;
    private static final Duration FULL_LOOK_INTERVAL = Duration.ofMillis(200);

    private final LongSupplier nanos;
    private volatile boolean rewound = true;
    private long rank = START;
    private long nextFullLook;

    /**
     * A front that begins at the start.
     *
     * @param nanos a monotonic clock
     */
    ClaimFront(LongSupplier nanos) {
        this.nanos = nanos;
        this.nextFullLook = nanos.getAsLong();
    }

    /** The rank to claim from. */
    long next() {
        boolean due = nanos.getAsLong() - nextFullLook >= 0;
        if (rewound || due || rank == START) {
            rewound = false;
            nextFullLook = nanos.getAsLong() + FULL_LOOK_INTERVAL.toNanos();
            rank = START;
        }
        return rank;
    }

    /** Notes what a claim from there brought, in the order of ranks; fewer than asked for means that there is no more behind. */
    void claimed(List<Claim> claims, int asked) {
        rank = claims.size() < asked ? START : claims.get(claims.size() - 1).rank();
    }

    /** Something may stand before the front now. */
    void rewind() {
        rewound = true;
    }
}
