package dev.herald.server.delivery;

import dev.herald.server.delivery.DeliveryWorker.Parcel;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.SqlWork;
import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims due mails whenever there is room for them, has them composed and queues them for the workers. Woken when mails were
 * queued or results written; looks by itself about once a second, since other replicas queue too.
 */
final class DeliveryDispatcher {
    private static final Logger log = LoggerFactory.getLogger(DeliveryDispatcher.class);
    private static final int BATCH = 100;
    private static final int CAPACITY = 3 * BATCH;
    private static final int WORTHWHILE = BATCH / 4;
    private static final int SUSPECTS = 16;
    private static final int POISON_AFTER = 3;
    private static final Duration RECLAIM_INTERVAL = Duration.ofMillis(500);
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    private final Transactions transactions;
    private final OutboxRepository repository;
    private final Collection<String> kinds;
    private final MailComposer composer;
    private final ResultRecorder recorder;
    private final SuspectLane suspects;
    private final Relays relays;
    private final InHand inHand;
    private final BlockingQueue<Parcel> queue;
    private final Wakeup wakeup;
    private long nextReclaim = System.nanoTime();
    private final SupervisedThread thread = new SupervisedThread("delivery-dispatcher", this::step);

    DeliveryDispatcher(
            Transactions transactions,
            OutboxRepository repository,
            Collection<String> kinds,
            MailComposer composer,
            ResultRecorder recorder,
            SuspectLane suspects,
            Relays relays,
            InHand inHand,
            BlockingQueue<Parcel> queue,
            Wakeup wakeup) {
        this.transactions = transactions;
        this.repository = repository;
        this.kinds = kinds;
        this.composer = composer;
        this.recorder = recorder;
        this.suspects = suspects;
        this.relays = relays;
        this.inHand = inHand;
        this.queue = queue;
        this.wakeup = wakeup;
    }

    void start() {
        thread.start();
    }

    void stop(Duration limit) {
        thread.end();
        wakeup.ring();
        thread.join(limit);
    }

    private void step() throws InterruptedException {
        List<Claim> claims = claim(limit());
        dispatchOrGiveBack(claims);
        List<Claim> suspected = reclaim();
        dispatchOrGiveBack(suspected);
        if (claims.isEmpty() && suspected.isEmpty()) {
            wakeup.await(jittered(POLL_INTERVAL));
        }
    }

    /** A fault must not leave mails in hand that nobody handles: their leases would be prolonged for ever. */
    private void dispatchOrGiveBack(List<Claim> claims) {
        boolean dispatched = false;
        try {
            dispatch(claims);
            dispatched = true;
        } finally {
            if (!dispatched) {
                claims.stream()
                        .filter(inHand::holds)
                        .forEach(claim -> recorder.add(new DeliveryResult.Released(claim)));
            }
        }
    }

    private int limit() {
        int held = inHand.size();
        int room = Math.min(CAPACITY, relays.permits()) - held;
        return held > 0 && room < WORTHWHILE ? 0 : Math.min(room, BATCH);
    }

    private List<Claim> claim(int limit) {
        return limit <= 0 ? List.of() : take(connection -> repository.claim(connection, kinds, limit));
    }

    /** Suspects are handled one by one, so a few are enough; more when those are done with. */
    private List<Claim> reclaim() {
        int limit = Math.min(SUSPECTS, relays.permits() - inHand.size());
        if (limit <= 0 || inHand.hasSuspects() || System.nanoTime() - nextReclaim < 0) {
            return List.of();
        }
        List<Claim> claims = take(connection -> repository.reclaim(connection, kinds, limit));
        nextReclaim = System.nanoTime() + (claims.isEmpty() ? RECLAIM_INTERVAL.toNanos() : 0);
        return claims;
    }

    private List<Claim> take(SqlWork<List<Claim>> work) {
        try {
            List<Claim> claims = transactions.writeSql(work);
            inHand.add(claims);
            return claims;
        } catch (HeraldException e) {
            log.warn("no mail claimed: {}", e.text());
            return List.of();
        }
    }

    private void dispatch(List<Claim> claims) {
        List<Claim> ordinary = new ArrayList<>(claims.size());
        for (Claim claim : claims) {
            if (claim.lostLeases() >= POISON_AFTER) {
                log.error("{} {} is given up: three workers were lost over it", claim.kind(), claim.refId());
                recorder.add(new DeliveryResult.Failed(
                        claim, FailureReason.POISON, "three workers were lost over it", Optional.empty()));
            } else if (claim.suspect()) {
                suspects.add(claim);
            } else {
                ordinary.add(claim);
            }
        }
        composer.compose(ordinary, (claim, message) -> queue.add(new Parcel(claim, message)));
    }

    private static Duration jittered(Duration interval) {
        return Duration.ofMillis(
                ThreadLocalRandom.current().nextLong(interval.toMillis() / 2, interval.toMillis() * 3 / 2));
    }
}
