package dev.herald.server.delivery;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what became of mails: in batches of up to 32, at the latest 50 ms after the first of them, each batch in one
 * transaction with the records. No more than 64 mails are ever accepted by a relay and not written down, so a crash doubles
 * no more than those and the one each connection holds. The only writer of outcomes. While the database is away it keeps
 * them and tries on, so that a mail whose acceptance is known isn't sent again. A result whose lease was lost changes nothing.
 */
final class ResultRecorder {
    private static final Logger log = LoggerFactory.getLogger(ResultRecorder.class);
    private static final int BATCH = 32;
    /** The next batch gathers while one is being written. */
    private static final int MOST_UNWRITTEN = 2 * BATCH;

    private static final Duration LONGEST_WAIT = Duration.ofMillis(50);
    private static final Duration PAUSE_WITHOUT_DATABASE = Duration.ofMillis(500);

    private final Transactions transactions;
    private final OutboxRepository repository;
    private final Map<String, MailKind> kinds;
    private final InHand inHand;
    private final DeliveryTally tally;
    private final Wakeup capacity;
    private final DeliveryMeter meter;
    private final Wakeup pause = new Wakeup();
    private final BlockingQueue<DeliveryResult> queue = new LinkedBlockingQueue<>();
    private final Semaphore unwritten = new Semaphore(MOST_UNWRITTEN);
    private final SupervisedThread thread = new SupervisedThread("result-recorder", this::step);

    /**
     * A recorder.
     *
     * @param capacity rung when results were written, since there is room for new claims then
     */
    ResultRecorder(
            Transactions transactions,
            OutboxRepository repository,
            Map<String, MailKind> kinds,
            InHand inHand,
            DeliveryTally tally,
            Wakeup capacity,
            DeliveryMeter meter) {
        this.transactions = transactions;
        this.repository = repository;
        this.kinds = kinds;
        this.inHand = inHand;
        this.tally = tally;
        this.capacity = capacity;
        this.meter = meter;
    }

    void start() {
        thread.start();
    }

    /** Takes a result; waits while too many mails are accepted by a relay and not written down. */
    void add(DeliveryResult result) {
        if (result instanceof DeliveryResult.Sent) {
            unwritten.acquireUninterruptibly();
        }
        queue.add(result);
    }

    /** Writes what is left; gives up after the limit, leaving the rest to lease expiry. */
    void stop(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        thread.end();
        pause.ring();
        thread.join(limit);
        List<DeliveryResult> rest = new ArrayList<>();
        while (queue.drainTo(rest, BATCH) > 0 && System.nanoTime() - end < 0 && tryRecord(rest)) {
            rest.clear();
        }
        if (!rest.isEmpty()) {
            log.warn("results could not be written before the end; their mails will be tried again");
        }
    }

    private void step() throws InterruptedException {
        DeliveryResult first = queue.poll(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        List<DeliveryResult> batch = batchFrom(first);
        boolean done = false;
        try {
            done = tryRecord(batch);
            while (!done && thread.isRunning()) {
                pause.await(PAUSE_WITHOUT_DATABASE);
                done = tryRecord(batch);
            }
        } finally {
            // Also when an Error comes: what became of a mail must not be forgotten.
            if (!done) {
                queue.addAll(batch);
            }
        }
    }

    private List<DeliveryResult> batchFrom(DeliveryResult first) throws InterruptedException {
        List<DeliveryResult> batch = new ArrayList<>(BATCH);
        batch.add(first);
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (batch.size() < BATCH) {
            // The suspect lane stands still until its result is written, so that one waits for no other.
            boolean urgent = batch.get(batch.size() - 1).claim().suspect();
            DeliveryResult next = queue.poll(urgent ? 0 : end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                break;
            }
            batch.add(next);
        }
        return batch;
    }

    /** Whether the batch is done with; false when the database is away. */
    private boolean tryRecord(List<DeliveryResult> batch) {
        try {
            List<DeliveryResult> kept = transactions.writeSql(connection -> record(connection, batch));
            count(batch, kept);
            tally.add(kept);
        } catch (HeraldException e) {
            log.warn("results of {} mail(s) wait for the database: {}", batch.size(), e.text());
            return false;
        } catch (RuntimeException e) {
            recordAlone(batch, e);
            return true;
        }
        batch.forEach(ResultRecorder::logFailure);
        forget(batch);
        return true;
    }

    private void count(List<DeliveryResult> batch, List<DeliveryResult> written) {
        meter.recorded(written);
        if (written.size() < batch.size()) {
            List<DeliveryResult> lost = new ArrayList<>(batch);
            lost.removeAll(written);
            meter.lost(lost);
            log.warn("lease lost before the result of {} mail(s); they were left alone", lost.size());
        }
    }

    private static void logFailure(DeliveryResult result) {
        if (result instanceof DeliveryResult.Failed failed) {
            log.warn(
                    "{} {} failed: {}",
                    failed.claim().kind(),
                    failed.claim().refId(),
                    failed.reason().word());
        }
    }

    /** One result that can't be written must not take the others with it; its own lease runs out. */
    private void recordAlone(List<DeliveryResult> batch, RuntimeException fault) {
        if (batch.size() == 1) {
            Claim claim = batch.get(0).claim();
            log.error("the result of {} {} can't be written", claim.kind(), claim.refId(), fault);
            forget(batch);
            return;
        }
        for (DeliveryResult result : batch) {
            if (!tryRecord(List.of(result))) {
                queue.add(result);
            }
        }
    }

    private void forget(List<DeliveryResult> batch) {
        batch.forEach(result -> inHand.remove(result.claim()));
        unwritten.release((int)
                batch.stream().filter(DeliveryResult.Sent.class::isInstance).count());
        capacity.ring();
    }

    /** Those that were written: the others' leases are lost. */
    private List<DeliveryResult> record(Connection connection, List<DeliveryResult> batch) throws SQLException {
        Set<Claim> ours = new HashSet<>();
        List<Claim> gone = claims(batch, DeliveryResult.Sent.class);
        gone.addAll(claims(batch, DeliveryResult.Dropped.class));
        if (!gone.isEmpty()) {
            ours.addAll(repository.delete(connection, gone));
        }
        List<DeliveryResult.Failed> failed = only(batch, DeliveryResult.Failed.class);
        if (!failed.isEmpty()) {
            ours.addAll(repository.park(connection, failed));
        }
        List<DeliveryResult.Postponed> postponed = only(batch, DeliveryResult.Postponed.class);
        if (!postponed.isEmpty()) {
            ours.addAll(repository.postpone(connection, postponed));
        }
        List<DeliveryResult.Deferred> deferred = only(batch, DeliveryResult.Deferred.class);
        if (!deferred.isEmpty()) {
            ours.addAll(repository.defer(connection, deferred));
        }
        List<Claim> released = claims(batch, DeliveryResult.Released.class);
        if (!released.isEmpty()) {
            ours.addAll(repository.release(connection, released));
        }
        List<Claim> behind = claims(batch, DeliveryResult.SentBehind.class);
        if (!behind.isEmpty()) {
            ours.addAll(repository.sendBehind(connection, behind));
        }
        List<DeliveryResult> kept =
                batch.stream().filter(result -> ours.contains(result.claim())).toList();
        repository.insertAttempts(connection, kept);
        markRecords(connection, kept);
        return kept;
    }

    private void markRecords(Connection connection, List<DeliveryResult> kept) throws SQLException {
        Map<String, List<DeliveryResult>> byKind = kept.stream()
                .collect(Collectors.groupingBy(result -> result.claim().kind()));
        for (Map.Entry<String, List<DeliveryResult>> entry : byKind.entrySet()) {
            MailKind kind = kinds.get(entry.getKey());
            if (kind == null) {
                continue;
            }
            List<MailKind.SentRecord> sent = only(entry.getValue(), DeliveryResult.Sent.class).stream()
                    .map(result -> new MailKind.SentRecord(result.claim().refId(), result.sentAt()))
                    .toList();
            if (!sent.isEmpty()) {
                kind.markSent(connection, sent);
            }
            List<MailKind.FailedRecord> failed = only(entry.getValue(), DeliveryResult.Failed.class).stream()
                    .map(result -> new MailKind.FailedRecord(result.claim().refId(), result.reason()))
                    .toList();
            if (!failed.isEmpty()) {
                kind.markFailed(connection, failed);
            }
        }
    }

    private static <T extends DeliveryResult> List<T> only(List<DeliveryResult> batch, Class<T> type) {
        return batch.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static List<Claim> claims(List<DeliveryResult> batch, Class<? extends DeliveryResult> type) {
        return batch.stream()
                .filter(type::isInstance)
                .map(DeliveryResult::claim)
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
