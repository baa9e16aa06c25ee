package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.TestDatabase;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueMeterTest {
    private final Database database = TestDatabase.open();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong();
    private final QueueMeter meter = new QueueMeter(database.transactions(), List.of("fake"), meters, nanos::get);

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void look_emptyQueue_saysZeroOfEveryPriority() {
        meter.look();
        for (String priority : List.of("high", "normal", "low")) {
            for (String state : List.of("due", "later", "in_hand")) {
                assertThat(mails("fake", priority, state)).isZero();
            }
            assertThat(oldest("fake", priority)).isZero();
        }
    }

    @Test
    void look_queueOfAllSorts_countsByKindPriorityAndState() {
        queue(1, 0, "due_at = now() - interval '40 seconds'");
        queue(2, 0, "due_at = now() - interval '20 seconds'");
        queue(3, 1, "due_at = now() + interval '1 minute'");
        queue(4, 2, "lease_owner = 'somebody', lease_until = now() + interval '1 minute'");
        queue(5, 2, "parked = true");
        queue(6, 1, "lease_owner = 'nobody', lease_until = now() - interval '1 second'");
        update("UPDATE outbox SET kind = 'newer' WHERE ref_id = 2");
        meter.look();
        assertThat(mails("fake", "high", "due")).isOne();
        assertThat(mails("newer", "high", "due")).isOne();
        assertThat(mails("fake", "normal", "later")).isOne();
        assertThat(mails("fake", "normal", "due")).as("its lease ran out").isOne();
        assertThat(mails("fake", "normal", "in_hand")).isZero();
        assertThat(mails("fake", "low", "in_hand")).isOne();
        assertThat(mails("fake", "low", "due")).isZero();
        assertThat(oldest("fake", "high")).isBetween(39.0, 100.0);
        assertThat(oldest("newer", "high")).isBetween(19.0, 39.0);
        assertThat(oldest("fake", "low")).isZero();
    }

    @Test
    void look_soonAfterAnother_asksNobody() {
        meter.look();
        queue(1, 1, "parked = false");
        meter.look();
        assertThat(mails("fake", "normal", "due")).isZero();
        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        meter.look();
        assertThat(mails("fake", "normal", "due")).isOne();
    }

    @Test
    void look_databaseGone_keepsTheFiguresForAMinuteAndSaysHowOldTheyAre() {
        meter.look();
        dropDatabase();
        nanos.addAndGet(Duration.ofSeconds(50).toNanos());
        meter.look();
        assertThat(mails("fake", "normal", "due")).isZero();
        assertThat(gauge("herald.queue.seen.age")).isEqualTo(50);
        nanos.addAndGet(Duration.ofSeconds(50).toNanos());
        meter.look();
        assertThat(meters.find("herald.queue.mails").gauge()).isNull();
        assertThat(meters.find("herald.queue.oldest.age").gauge()).isNull();
        assertThat(gauge("herald.queue.seen.age")).isEqualTo(100);
    }

    private void dropDatabase() {
        String name = database.url().replaceFirst(".*/([a-z0-9_]+).*", "$1");
        TestDatabase.update(database.url().replace("/" + name, "/postgres"), "DROP DATABASE " + name + " WITH (FORCE)");
    }

    private double mails(String kind, String priority, String state) {
        return gauge("herald.queue.mails", "kind", kind, "priority", priority, "state", state);
    }

    private double oldest(String kind, String priority) {
        return gauge("herald.queue.oldest.age", "kind", kind, "priority", priority);
    }

    private double gauge(String name, String... tags) {
        Gauge gauge = meters.find(name).tags(tags).gauge();
        assertThat(gauge).as(name + List.of(tags)).isNotNull();
        return gauge.value();
    }

    private void queue(long id, int priority, String state) {
        update("INSERT INTO outbox (kind, ref_id, priority, rank) VALUES ('fake', " + id + ", " + priority + ", " + id
                + ")");
        update("UPDATE outbox SET " + state + " WHERE ref_id = " + id);
    }

    private void update(String sql) {
        TestDatabase.update(database.url(), sql);
    }
}
