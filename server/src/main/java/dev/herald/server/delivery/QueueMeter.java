package dev.herald.server.delivery;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long the queue is and how long its oldest mail waits, by kind and priority, as the database has it. {@link #look} is called as
 * often as somebody wants the figures, and asks at most every 5 s, or twenty times what it cost. Figures of more than a minute
 * ago are withdrawn. Thread-safe.
 */
public final class QueueMeter {
    private static final Logger log = LoggerFactory.getLogger(QueueMeter.class);
    private static final long REST = Duration.ofSeconds(5).toNanos();
    private static final int REST_PER_COST = 20;
    private static final long GOOD_FOR = Duration.ofMinutes(1).toNanos();

    private final Transactions transactions;
    private final Collection<String> kinds;
    private final LongSupplier nanos;
    private final MultiGauge mails;
    private final MultiGauge oldest;
    private long nextLook;
    private volatile long seenAt;

    /**
     * A meter.
     *
     * @param kinds those that always have figures, also when nothing is queued
     * @param nanos a monotonic clock
     */
    public QueueMeter(Transactions transactions, Collection<String> kinds, MeterRegistry meters, LongSupplier nanos) {
        this.transactions = transactions;
        this.kinds = kinds;
        this.nanos = nanos;
        this.seenAt = nanos.getAsLong();
        this.nextLook = seenAt;
        this.mails = MultiGauge.builder("herald.queue.mails")
                .description("mails still to be delivered: due now, due later, or in the hands of a process")
                .register(meters);
        this.oldest = MultiGauge.builder("herald.queue.oldest.age")
                .description("how long the mail has been due that waits longest")
                .baseUnit("seconds")
                .register(meters);
        Gauge.builder("herald.queue.seen.age", this, QueueMeter::age)
                .description("how long ago the database last told of the queue")
                .baseUnit("seconds")
                .register(meters);
    }

    /** Has the figures brought up to date, when they aren't; blocks as long as the database does. */
    public synchronized void look() {
        long start = nanos.getAsLong();
        if (start - nextLook < 0) {
            return;
        }
        try {
            show(transactions.readSql(QueueDepth::read));
            seenAt = nanos.getAsLong();
        } catch (HeraldException e) {
            log.debug("the queue's figures can't be had: {}", e.text());
            withdrawOld();
        } finally {
            long end = nanos.getAsLong();
            nextLook = end + Math.max(REST, REST_PER_COST * (end - start));
        }
    }

    private double age() {
        return (nanos.getAsLong() - seenAt) / 1e9;
    }

    private void withdrawOld() {
        if (nanos.getAsLong() - seenAt > GOOD_FOR) {
            mails.register(List.of(), true);
            oldest.register(List.of(), true);
        }
    }

    private static Tags tags(QueueDepth depth) {
        return Tags.of("kind", depth.kind(), "priority", depth.priority().word());
    }

    private void show(List<QueueDepth> seen) {
        List<QueueDepth> all = new ArrayList<>(seen);
        Set<Tags> queued = new HashSet<>();
        seen.forEach(depth -> queued.add(tags(depth)));
        for (String kind : kinds) {
            for (Priority priority : Priority.values()) {
                QueueDepth none = new QueueDepth(kind, priority, 0, 0, 0, 0, null, 0);
                if (!queued.contains(tags(none))) {
                    all.add(none);
                }
            }
        }
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (QueueDepth depth : all) {
            rows.add(MultiGauge.Row.of(tags(depth).and("state", "due"), depth.due()));
            rows.add(MultiGauge.Row.of(tags(depth).and("state", "later"), depth.waiting()));
            rows.add(MultiGauge.Row.of(tags(depth).and("state", "in_hand"), depth.inHand()));
        }
        mails.register(rows, true);
        oldest.register(
                all.stream()
                        .<MultiGauge.Row<?>>map(depth -> MultiGauge.Row.of(tags(depth), depth.oldestSeconds()))
                        .toList(),
                true);
    }
}
