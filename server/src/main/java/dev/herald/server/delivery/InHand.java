package dev.herald.server.delivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The claims this process holds: taken, and their result not yet written down. Thread-safe. */
final class InHand {
    private final Set<Claim> claims = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanos;
    private final long lease;
    private volatile long validUntil;
    private volatile boolean failed;
    private volatile long failedAt;

    /**
     * An empty hand.
     *
     * @param nanos a monotonic clock
     * @param lease how long a claim, or a renewal, holds
     */
    InHand(LongSupplier nanos, Duration lease) {
        this.nanos = nanos;
        this.lease = lease.toNanos();
        this.validUntil = nanos.getAsLong() + this.lease;
    }

    /** All leases were renewed by a statement that began then. */
    void renewed(long start) {
        validUntil = start + lease;
    }

    /** The database did not answer. */
    void databaseFailed() {
        failedAt = nanos.getAsLong();
        failed = true;
    }

    /** Whether the database has failed within that time: other processes then hold results that are known and not written. */
    boolean databaseFailedWithin(Duration time) {
        return failed && nanos.getAsLong() - failedAt < time.toNanos();
    }

    /** Whether the leases may have run out, by our own clock: after a long stop, or without the database. */
    boolean mayBeLost() {
        return nanos.getAsLong() - validUntil >= 0;
    }

    void add(Collection<Claim> taken) {
        claims.addAll(taken);
    }

    /** Whether the lease is still ours, as far as we know. */
    boolean holds(Claim claim) {
        return claims.contains(claim);
    }

    void remove(Claim claim) {
        claims.remove(claim);
    }

    int size() {
        return claims.size();
    }

    boolean hasSuspects() {
        return claims.stream().anyMatch(Claim::suspect);
    }

    List<Claim> all() {
        return new ArrayList<>(claims);
    }

    /** Drops those of the given claims whose lease turned out to be lost; how many. */
    int keepOnly(List<Claim> renewed, Set<Claim> stillHeld) {
        int lost = 0;
        for (Claim claim : renewed) {
            if (!stillHeld.contains(claim) && claims.remove(claim)) {
                lost++;
            }
        }
        return lost;
    }
}
