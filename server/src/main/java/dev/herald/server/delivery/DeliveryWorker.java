package dev.herald.server.delivery;

import dev.herald.server.mail.EmailMessage;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
    private @Nullable Parcel carried;

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

    /** Takes the next mail along where one waits, so that both can share round trips. */
    private void step() throws InterruptedException {
        Parcel parcel = carried == null ? queue.poll(IDLE_LIMIT.toMillis(), TimeUnit.MILLISECONDS) : carried;
        carried = parcel == null ? null : nextHeld();
        if (parcel == null) {
            courier.close();
        } else if (inHand.mayBeLost()) {
            recorder.add(new DeliveryResult.Released(parcel.claim()));
        } else if (inHand.holds(parcel.claim())) {
            EmailMessage next = carried == null ? null : carried.message();
            recorder.add(courier.deliver(parcel.claim(), parcel.message(), next));
        }
    }

    private @Nullable Parcel nextHeld() {
        Parcel next = queue.poll();
        while (next != null && !inHand.holds(next.claim())) {
            next = queue.poll();
        }
        return next;
    }
}
