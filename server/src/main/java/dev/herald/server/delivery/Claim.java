package dev.herald.server.delivery;

import org.jspecify.annotations.Nullable;

/**
 * A mail this process holds the lease of.
 *
 * @param attempts how many attempts were charged to it before
 * @param fencingToken proves the lease: a result is only written while the outbox still holds this number
 * @param suspect whether a lease on it was lost before, so that it is handled alone
 * @param lostLeases how many leases were lost while it was handled alone
 * @param rank its place among those in hand: the lowest leaves first
 * @param trace the trace it was queued in, where that is recorded
 */
record Claim(
        String kind,
        long refId,
        int attempts,
        long fencingToken,
        boolean suspect,
        int lostLeases,
        long rank,
        @Nullable QueueTrace trace) {

    /** The same at another place. */
    Claim withRank(long other) {
        return new Claim(kind, refId, attempts, fencingToken, suspect, lostLeases, other, trace);
    }
}
