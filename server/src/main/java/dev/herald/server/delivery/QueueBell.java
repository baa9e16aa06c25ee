package dev.herald.server.delivery;

import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import java.sql.PreparedStatement;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other processes that mails were queued, with NOTIFY, from a thread of its own. At most one in 50 ms however many
 * commits there are, since each takes a lock of the whole server. One that is lost costs a poll's delay. Thread-safe.
 */
public final class QueueBell implements AutoCloseable {
    /** What delivering processes listen on. */
    public static final String CHANNEL = "herald_outbox";

    private static final Logger log = LoggerFactory.getLogger(QueueBell.class);
    private static final Duration LEAST_GAP = Duration.ofMillis(50);
    private static final Duration IDLE = Duration.ofHours(1);

    private final Transactions transactions;
    private final Wakeup rung = new Wakeup();
    private final Wakeup gap = new Wakeup();
    private final SupervisedThread thread = new SupervisedThread("queue-bell", this::step);

    private QueueBell(Transactions transactions) {
        this.transactions = transactions;
    }

    public static QueueBell start(Transactions transactions) {
        QueueBell bell = new QueueBell(transactions);
        bell.thread.start();
        return bell;
    }

    /** Call it after a commit; it doesn't wait for the database. */
    public void ring() {
        rung.ring();
    }

    @Override
    public void close() {
        thread.end();
        rung.ring();
        gap.ring();
        thread.join(Duration.ofSeconds(2));
    }

    private void step() throws InterruptedException {
        if (!rung.await(IDLE)) {
            return;
        }
        try {
            transactions.statement(connection -> {
                try (PreparedStatement statement =
                        connection.prepareStatement("SELECT pg_notify('" + CHANNEL + "', '')")) {
                    return statement.execute();
                }
            });
        } catch (HeraldException e) {
            log.debug("other processes find the new mail by polling", e);
        }
        gap.await(LEAST_GAP);
    }
}
