package dev.herald.server.delivery;

import dev.herald.server.persistence.Transactions;
import java.time.Duration;
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

    void join(Duration limit) {
        if (!thread.join(limit)) {
            courier.abort();
            thread.join(Duration.ofSeconds(2));
        }
        courier.close();
    }

    private void step() throws InterruptedException {
        Claim claim = queue.take();
        if (!inHand.holds(claim) || !transactions.writeSql(connection -> repository.start(connection, claim))) {
            inHand.remove(claim);
            return;
        }
        composer.compose(java.util.List.of(claim), (ready, message) -> recorder.add(courier.deliver(ready, message)));
        while (inHand.holds(claim)) {
            pause.await(CHECK_INTERVAL);
        }
    }
}
