package dev.herald.server.delivery;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prolongs the leases of what is in hand, from a thread of its own that stops last. */
final class LeaseKeeper {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Transactions transactions;
    private final OutboxRepository repository;
    private final InHand inHand;
    private final DeliveryMeter meter;
    private final Duration interval;
    private boolean failing;
    private final Wakeup pause = new Wakeup();
    private final SupervisedThread thread = new SupervisedThread("lease-keeper", this::step);

    LeaseKeeper(
            Transactions transactions,
            OutboxRepository repository,
            InHand inHand,
            Duration lease,
            DeliveryMeter meter) {
        this.transactions = transactions;
        this.repository = repository;
        this.inHand = inHand;
        this.meter = meter;
        this.interval = lease.dividedBy(3);
    }

    void start() {
        thread.start();
    }

    void stop() {
        thread.interrupt();
        thread.join(interval);
    }

    private void step() throws InterruptedException {
        pause.await(failing && interval.compareTo(RETRY) > 0 ? RETRY : interval);
        long start = System.nanoTime();
        List<Claim> claims = inHand.all();
        if (claims.isEmpty()) {
            inHand.renewed(start);
            failing = false;
        } else {
            renew(claims, start);
        }
    }

    private void renew(List<Claim> claims, long start) {
        try {
            Set<Claim> held = transactions.writeSql(connection -> repository.renew(connection, claims));
            int lost = inHand.keepOnly(claims, held);
            inHand.renewed(start);
            failing = false;
            if (lost > 0) {
                meter.lostLeases(lost);
                log.warn("lease lost on {} mail(s); they were taken over or taken out", lost);
            }
        } catch (HeraldException e) {
            inHand.databaseFailed();
            // Leases may still be good when the database is back; the fencing token decides then.
            if (!failing) {
                log.warn("leases not renewed: {}", e.text());
            }
            failing = true;
        }
    }
}
