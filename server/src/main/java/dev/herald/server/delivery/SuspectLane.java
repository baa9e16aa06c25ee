package dev.herald.server.delivery;

import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Handles mails that a process died over, or may have: one at a time, noted in the database before it begins. So a mail that
 * kills processes is found out, and those that were merely in the same hand aren't blamed.
 */
final class SuspectLane {
    private static final Duration CHECK_INTERVAL = Duration.ofMillis(2);

    private final Transactions transactions;
    private final OutboxRepository repository;
    private final MailComposer composer;
    private final InHand inHand;
    private final ResultRecorder recorder;
    private final Courier courier;
    private final Wakeup pause = new Wakeup();
    private final BlockingQueue<Claim> queue = new LinkedBlockingQueue<>();
    private final SupervisedThread thread = new SupervisedThread("suspect-lane", this::step);

    SuspectLane(
            Transactions transactions,
            OutboxRepository repository,
            MailComposer composer,
            InHand inHand,
            ResultRecorder recorder,
            Courier courier) {
        this.transactions = transactions;
        this.repository = repository;
        this.composer = composer;
        this.inHand = inHand;
        this.recorder = recorder;
        this.courier = courier;
    }

    void start() {
        thread.start();
    }

    void add(Claim claim) {
        queue.add(claim);
    }

    void stop() {
        thread.interrupt();
    }

    /** Waits for the mail under way; whether it has ended. */
    boolean join(Duration limit) {
        boolean ended = thread.join(limit);
        if (ended) {
            courier.close();
        }
        return ended;
    }

    /** Cuts the connection under a mail that doesn't end. */
    void abort() {
        courier.abort();
    }

    private void step() throws InterruptedException {
        Claim claim = queue.take();
        if (inHand.holds(claim)) {
            handleOrGiveBack(claim);
        }
        while (inHand.holds(claim)) {
            pause.await(CHECK_INTERVAL);
        }
    }

    /** A fault must not leave the mail in hand: its lease would be prolonged for ever. */
    private void handleOrGiveBack(Claim claim) {
        boolean handled = false;
        try {
            handle(claim);
            handled = true;
        } finally {
            if (!handled) {
                recorder.add(new DeliveryResult.Released(claim));
            }
        }
    }

    /** Connected first: a process that ends while a relay keeps it waiting is not this mail's fault. */
    private void handle(Claim claim) {
        if (inHand.mayBeLost() || !courier.connected()) {
            recorder.add(new DeliveryResult.Released(claim));
        } else if (transactions.writeSql(connection -> repository.start(connection, claim))) {
            composer.compose(List.of(claim), (ready, message) -> recorder.add(courier.deliver(ready, message, null)));
        } else {
            inHand.remove(claim);
        }
    }
}
