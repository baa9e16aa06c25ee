package dev.herald.server.delivery;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the database every 10 s that this process delivers, and how: from a thread of its own, since a relay that hangs must not
 * silence it. Nothing hangs on what it says but what people are shown.
 */
final class PresenceKeeper {
    private static final Logger log = LoggerFactory.getLogger(PresenceKeeper.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(2);

    private final Transactions transactions;
    private final ExecutorRepository repository;
    private final InHand inHand;
    private final DeliveryTally tally;
    private final Relays relays;
    private final Wakeup pause = new Wakeup();
    private final SupervisedThread thread = new SupervisedThread("presence-keeper", this::step);
    private boolean failing;

    PresenceKeeper(
            Transactions transactions,
            ExecutorRepository repository,
            InHand inHand,
            DeliveryTally tally,
            Relays relays) {
        this.transactions = transactions;
        this.repository = repository;
        this.inHand = inHand;
        this.tally = tally;
        this.relays = relays;
    }

    void start() {
        thread.start();
    }

    /** Takes the process off the list; where the database doesn't answer soon, its row gets old instead. */
    void stop() {
        thread.end();
        pause.ring();
        if (!thread.join(STOP_LIMIT)) {
            return;
        }
        Thread leaving = new Thread(this::leave, "presence-end");
        leaving.setDaemon(true);
        leaving.start();
        try {
            leaving.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void leave() {
        try {
            transactions.statement(repository::leave);
        } catch (RuntimeException e) {
            log.debug("this process could not be taken off the list of those that deliver", e);
        }
    }

    private void step() throws InterruptedException {
        try {
            transactions.statement(connection -> {
                repository.report(connection, inHand.size(), tally.lastMinute(), relays.all());
                return true;
            });
            failing = false;
        } catch (HeraldException e) {
            if (!failing) {
                log.warn("what this process does can't be told: {}", e.text());
            }
            failing = true;
        }
        pause.await(INTERVAL);
    }
}
