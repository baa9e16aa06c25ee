package dev.herald.server.delivery;

import dev.herald.server.delivery.DeliveryWorker.Parcel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has claimed mails composed and queues them for the workers. Woken when mails were queued or results written; looks by itself
 * every second or two, which is what can be relied on.
 */
final class DeliveryDispatcher {
    private static final Logger log = LoggerFactory.getLogger(DeliveryDispatcher.class);
    /** Leases lost while it was handled alone; with the one that made it a suspect they are three. */
    private static final int POISON_AFTER = 2;

    private final MailClaimer claimer;
    private final RelayAllowance allowance;
    private final DomainLimiter domains;
    private final MailComposer composer;
    private final ResultRecorder recorder;
    private final SuspectLane suspects;
    private final InHand inHand;
    private final BlockingQueue<Parcel> queue;
    private final Wakeup wakeup;
    private final SupervisedThread thread = new SupervisedThread("delivery-dispatcher", this::step);

    DeliveryDispatcher(
            MailClaimer claimer,
            RelayAllowance allowance,
            DomainLimiter domains,
            MailComposer composer,
            ResultRecorder recorder,
            SuspectLane suspects,
            InHand inHand,
            BlockingQueue<Parcel> queue,
            Wakeup wakeup) {
        this.claimer = claimer;
        this.allowance = allowance;
        this.domains = domains;
        this.composer = composer;
        this.recorder = recorder;
        this.suspects = suspects;
        this.inHand = inHand;
        this.queue = queue;
        this.wakeup = wakeup;
    }

    void start() {
        thread.start();
    }

    /** Mails were queued, or may be claimed from now on. */
    void wake() {
        claimer.look();
        wakeup.ring();
    }

    void stop(Duration limit) {
        thread.end();
        wakeup.ring();
        thread.join(limit);
    }

    private void step() throws InterruptedException {
        // What was lost first: where a rate is limited, the others would leave nothing for it.
        List<Claim> suspected = claimer.reclaim();
        dispatchOrGiveBack(suspected);
        List<Claim> claims = claimer.claim();
        dispatchOrGiveBack(claims);
        if (claims.isEmpty() && suspected.isEmpty()) {
            var unused = wakeup.await(domains.rest(claimer.pause()));
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

    /** Composes everything before anything is handed over, so that what a fault gives back is in nobody's hands. */
    private void dispatch(List<Claim> claims) {
        List<Parcel> parcels =
                compose(claims.stream().filter(claim -> !claim.suspect()).toList());
        for (Claim claim : claims) {
            if (claim.lostLeases() >= POISON_AFTER) {
                log.error("{} {} is given up: three workers were lost over it", claim.kind(), claim.refId());
                recorder.add(new DeliveryResult.Failed(
                        claim, FailureReason.POISON, "three workers were lost over it", Optional.empty()));
            } else if (claim.suspect()) {
                suspects.add(claim);
            }
        }
        if (domains.limitsNothing()) {
            queue.addAll(parcels);
        } else {
            allowance.giveBack(domains.admit(parcels, queue::add));
        }
    }

    private List<Parcel> compose(List<Claim> claims) {
        List<Parcel> composed = new ArrayList<>(claims.size());
        composer.compose(claims, (claim, message) -> composed.add(new Parcel(claim, message)));
        return composed;
    }
}
