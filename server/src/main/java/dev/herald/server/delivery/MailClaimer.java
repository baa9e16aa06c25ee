package dev.herald.server.delivery;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when the queue is looked at and how much is taken: what there is room and allowance for. A look that finds nothing is
 * not repeated before twenty times its cost, or 5 s, has passed. Used by one thread, but for {@link #look}.
 */
final class MailClaimer {
    private static final Logger log = LoggerFactory.getLogger(MailClaimer.class);
    private static final int BATCH = 100;
    private static final int CAPACITY = 3 * BATCH;
    private static final int WORTHWHILE = BATCH / 4;
    private static final int SUSPECTS = 16;
    private static final int REST_PER_COST = 20;
    private static final Duration SMALL_CLAIM_INTERVAL = Duration.ofMillis(100);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(1_500);
    private static final Duration SHORTEST_SWEEP = Duration.ofSeconds(1);
    private static final Duration LONGEST_SWEEP = Duration.ofSeconds(5);
    private static final Duration LONGEST_REST = Duration.ofSeconds(5);
    /** Longer than anybody takes to write down what it knows once the database is back. */
    private static final Duration SETTLING = Duration.ofSeconds(8);

    private final Transactions transactions;
    private final ClaimRepository repository;
    private final Collection<String> kinds;
    private final Relays relays;
    private final RelayAllowance allowance;
    private final InHand inHand;
    private final Duration sweepInterval;
    private final DeliveryMeter meter;
    private final ClaimFront front = new ClaimFront(System::nanoTime);
    private final LowShare lowShare = new LowShare();
    /** Whether the next claim is not to be put off. */
    private volatile boolean looking;

    private long nextClaim = System.nanoTime();
    private long nextSmallClaim = System.nanoTime();
    private long nextSweep = System.nanoTime();
    private long frontRank;
    private boolean tooLittleRoom;
    private boolean tooLittleAllowance;
    private boolean suspectsTaken;

    MailClaimer(
            Transactions transactions,
            ClaimRepository repository,
            Collection<String> kinds,
            Relays relays,
            RelayAllowance allowance,
            InHand inHand,
            Duration lease,
            DeliveryMeter meter) {
        this.transactions = transactions;
        this.repository = repository;
        this.kinds = kinds;
        this.relays = relays;
        this.allowance = allowance;
        this.inHand = inHand;
        this.meter = meter;
        this.sweepInterval = within(SHORTEST_SWEEP, lease.dividedBy(4), LONGEST_SWEEP);
    }

    /** Has the next claim look at the whole queue, at once. Thread-safe. */
    void look() {
        front.rewind();
        looking = true;
    }

    /** Takes due mails into hand; none while there is no room, no allowance or nothing due. */
    List<Claim> claim() {
        long now = System.nanoTime();
        int room = room(now);
        if (room <= 0 || inHand.mayBeLost()) {
            tooLittleAllowance = false;
            return List.of();
        } else if (!looking && now - nextClaim < 0) {
            return List.of();
        }
        looking = false;
        nextSmallClaim = now + SMALL_CLAIM_INTERVAL.toNanos();
        List<Claim> claims = new ArrayList<>();
        try {
            claim(claims, room);
        } catch (HeraldException e) {
            log.warn("no mail claimed: {}", e.text());
            inHand.databaseFailed();
            tooLittleAllowance = false;
            nextClaim = System.nanoTime() + POLL_INTERVAL.toNanos();
        }
        inHand.add(claims);
        return claims;
    }

    /**
     * Takes mails whose leases ran out. They are handled one by one, so a few are enough; more when those are done with. None for a
     * while after the database failed: whoever holds them may know what became of them, and could not write it down.
     */
    List<Claim> reclaim() {
        long now = System.nanoTime();
        int limit = Math.min(SUSPECTS, relays.permits() - inHand.size());
        if (inHand.hasSuspects()) {
            suspectsTaken = true;
            return List.of();
        } else if (limit <= 0 || (!suspectsTaken && now - nextSweep < 0) || !leasesCanBeTrusted()) {
            return List.of();
        }
        suspectsTaken = false;
        List<Claim> claims = new ArrayList<>();
        nextSweep = now + sweepInterval.toNanos();
        try {
            sweep(claims, limit);
            nextSweep = later(afterLook(now), nextSweep);
        } catch (HeraldException e) {
            log.warn("no lost mail looked for: {}", e.text());
            inHand.databaseFailed();
        }
        inHand.add(claims);
        meter.tookOver(claims.size());
        return claims;
    }

    private boolean leasesCanBeTrusted() {
        return !inHand.mayBeLost() && !inHand.databaseFailedWithin(SETTLING);
    }

    /** How long there is nothing to do here unless something happens. */
    Duration pause() {
        long now = System.nanoTime();
        long next = now + jittered(POLL_INTERVAL).toNanos();
        next = tooLittleAllowance ? nextClaim : later(next, nextClaim);
        next = tooLittleRoom ? earlier(next, nextSmallClaim) : next;
        // A sweep waits for the next look: so an idle process asks for both at once, and seldom.
        return Duration.ofNanos(Math.max(0, next - now));
    }

    /** A process that takes ever so few at a time spends itself on claims. */
    private int room(long now) {
        int held = inHand.size();
        int room = Math.min(Math.min(CAPACITY, relays.permits()) - held, BATCH);
        tooLittleRoom = room > 0 && room < WORTHWHILE && held > 0 && now - nextSmallClaim < 0;
        return tooLittleRoom ? 0 : room;
    }

    private void claim(List<Claim> claims, int room) {
        int allowed = allowance.take(room);
        tooLittleAllowance = allowed == 0;
        if (tooLittleAllowance) {
            nextClaim = System.nanoTime() + allowance.pause().toNanos();
            return;
        }
        try {
            takeLow(claims, lowShare.of(allowed));
            takeAny(claims, allowed - claims.size());
        } finally {
            allowance.giveBack(allowed - claims.size());
        }
    }

    /** They leave among those that are claimed with them: by their ranks they would stay behind for ever. */
    private void takeLow(List<Claim> claims, int limit) {
        if (limit > 0) {
            List<Claim> taken = query(ClaimRepository.Among.LOW, ClaimFront.START, limit);
            taken.forEach(claim -> claims.add(claim.withRank(Math.min(claim.rank(), frontRank))));
            lowShare.paid(taken.size(), limit);
        }
    }

    private void takeAny(List<Claim> claims, int limit) {
        if (limit == 0) {
            return;
        }
        long from = front.next();
        long start = System.nanoTime();
        List<Claim> taken = query(ClaimRepository.Among.ANY, from, limit);
        front.claimed(taken, limit);
        claims.addAll(taken);
        lowShare.claimed(taken.size());
        nextClaim = taken.isEmpty() ? afterLook(start) : start;
        if (!taken.isEmpty()) {
            frontRank = taken.get(0).rank();
        }
        if (from != ClaimFront.START && taken.size() < limit) {
            takeAny(claims, limit - taken.size());
        }
    }

    private List<Claim> query(ClaimRepository.Among which, long from, int limit) {
        return transactions.statement(connection -> repository.claim(connection, kinds, which, from, limit));
    }

    private void sweep(List<Claim> claims, int limit) {
        int allowed = allowance.take(limit);
        try {
            if (allowed > 0) {
                claims.addAll(transactions.statement(
                        connection -> repository.reclaim(connection, kinds, inHand.all(), allowed)));
            }
        } finally {
            allowance.giveBack(allowed - claims.size());
        }
    }

    /** When a look that began then and found nothing may be repeated. */
    private static long afterLook(long start) {
        long end = System.nanoTime();
        return end + Math.min(REST_PER_COST * (end - start), LONGEST_REST.toNanos());
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private static long later(long one, long other) {
        return one - other < 0 ? other : one;
    }

    private static Duration within(Duration least, Duration wished, Duration most) {
        Duration raised = wished.compareTo(least) < 0 ? least : wished;
        return raised.compareTo(most) > 0 ? most : raised;
    }

    private static Duration jittered(Duration interval) {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(interval.toMillis() * 2 / 3, interval.toMillis() * 4 / 3));
    }
}
