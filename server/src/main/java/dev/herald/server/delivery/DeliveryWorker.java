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
        carried = null;
        if (parcel == null) {
            courier.close();
        } else if (inHand.holds(parcel.claim())) {
            handle(parcel);
        }
    }

    /** Whatever happens, there is a result: otherwise the mail would stay in hand for ever. */
    private void handle(Parcel parcel) {
        DeliveryResult result = new DeliveryResult.Released(parcel.claim());
        try {
            if (!inHand.mayBeLost()) {
                carried = nextHeld();
                result = courier.deliver(parcel.claim(), parcel.message(), carried == null ? null : carried.message());
            }
        } finally {
            recorder.add(result);
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
