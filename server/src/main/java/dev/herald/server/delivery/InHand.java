package dev.herald.server.delivery;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The claims this process holds: taken, and their result not yet written down. Thread-safe. */
final class InHand {
    private final ConcurrentHashMap<Long, Claim> claims = new ConcurrentHashMap<>();

    void add(Collection<Claim> taken) {
        taken.forEach(claim -> claims.put(claim.outboxId(), claim));
    }

    /** Whether the lease is still ours, as far as we know. */
    boolean holds(Claim claim) {
        return claim.equals(claims.get(claim.outboxId()));
    }

    void remove(Claim claim) {
        claims.remove(claim.outboxId(), claim);
    }

    int size() {
        return claims.size();
    }

    boolean hasSuspects() {
        return claims.values().stream().anyMatch(Claim::suspect);
    }

    List<Claim> all() {
        return new ArrayList<>(claims.values());
    }

    /** Drops those of the given claims whose lease turned out to be lost; how many. */
    int keepOnly(List<Claim> renewed, Set<Long> stillHeld) {
        int lost = 0;
        for (Claim claim : renewed) {
            if (!stillHeld.contains(claim.outboxId()) && claims.remove(claim.outboxId(), claim)) {
                lost++;
            }
        }
        return lost;
    }
}
