package dev.herald.server.delivery;

import dev.herald.server.mail.EmailMessage;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** One of the threads that send: takes composed mails off a queue, one connection each. */
final class DeliveryWorker {
    /** Relays close idle connections after some minutes; closing them ourselves is politer. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(20);

    /** A composed mail and its claim. */
    record Parcel(Claim claim, EmailMessage message) {}

    private final BlockingQueue<Parcel> queue;
    private final InHand inHand;
    private final ResultRecorder recorder;
    private final Courier courier;
    private final SupervisedThread thread;

    DeliveryWorker(int number, BlockingQueue<Parcel> queue, InHand inHand, ResultRecorder recorder, Courier courier) {
        this.queue = queue;
        this.inHand = inHand;
        this.recorder = recorder;
        this.courier = courier;
        this.thread = new SupervisedThread("delivery-worker-" + number, this::step);
    }

    void start() {
        thread.start();
    }

    /** No further mail. */
    void stop() {
        thread.interrupt();
    }

    /** Waits for the mail under way; cuts its connection when that takes too long. */
    void join(Duration limit) {
        if (!thread.join(limit)) {
            courier.abort();
            thread.join(Duration.ofSeconds(2));
        }
        courier.close();
    }

    private void step() throws InterruptedException {
        Parcel parcel = queue.poll(IDLE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (parcel == null) {
            courier.close();
        } else if (inHand.holds(parcel.claim())) {
            recorder.add(deliver(parcel));
        }
    }

    private DeliveryResult deliver(Parcel parcel) {
        try {
            return courier.deliver(parcel.claim(), parcel.message());
        } catch (RuntimeException | StackOverflowError e) {
            // What a transport didn't foresee is this mail's fault, and must not keep its lease.
            recorder.add(new DeliveryResult.Failed(
                    parcel.claim(),
                    FailureReason.TEMPLATE_ERROR,
                    e.getClass().getSimpleName(),
                    java.util.Optional.empty()));
            throw e;
        }
    }
}
