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
        Parcel parcel = queue.poll(IDLE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        if (parcel == null) {
            courier.close();
        } else if (inHand.holds(parcel.claim())) {
            recorder.add(courier.deliver(parcel.claim(), parcel.message()));
        }
    }
}
