package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.TestDatabase;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class DeliveryEntitiesTest {
    private static final Database DATABASE = TestDatabase.open(OutboxEntry.class, DeliveryAttemptEntry.class);
    private static final Instant MOMENT = Instant.parse("2025-10-25T02:30:00.123456Z");

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    @Test
    void outboxEntry_inHand_isReadBack() {
        OutboxEntry written = entry(1);
        written.suspect = true;
        written.started = true;
        written.lostLeases = 2;
        written.leaseOwner = "host-1";
        written.leaseUntil = MOMENT.plusSeconds(60);
        written.fencingToken = Long.MAX_VALUE;
        written.lastError = "451 try again later";
        assertThat(persisted(written)).usingRecursiveComparison().isEqualTo(written);
    }

    @Test
    void outboxEntry_waiting_isReadBack() {
        OutboxEntry written = entry(2);
        written.parked = true;
        OutboxEntry read = persisted(written);
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.leaseUntil).isNull();
    }

    @Test
    void deliveryAttemptEntry_persisted_isReadBack() {
        DeliveryAttemptEntry written = new DeliveryAttemptEntry();
        written.kind = "attendance";
        written.refId = 1;
        written.attemptedAt = MOMENT;
        written.relay = "relay.example:587";
        written.smtpCode = 451;
        written.enhancedCode = "4.7.1";
        written.reply = "try again later";
        written.durationMs = 12;
        written.outcome = "transient";
        DATABASE.transactions().write(session -> session.insert(written));
        DeliveryAttemptEntry read =
                DATABASE.transactions().write(session -> session.get(DeliveryAttemptEntry.class, written.attemptId));
        assertThat(read).usingRecursiveComparison().isEqualTo(written);
        assertThat(read.outcome()).isEqualTo(AttemptOutcome.TRANSIENT);
    }

    private static OutboxEntry entry(long refId) {
        OutboxEntry entry = new OutboxEntry();
        entry.kind = "attendance";
        entry.refId = refId;
        entry.priority = 2;
        entry.rank = 1_761_359_400_123_456L;
        entry.dueAt = MOMENT;
        entry.attempts = 3;
        return entry;
    }

    private static OutboxEntry persisted(OutboxEntry entry) {
        DATABASE.transactions().write(session -> session.insert(entry));
        return DATABASE.transactions()
                .write(session -> session.get(OutboxEntry.class, new OutboxEntry.Key(entry.refId, entry.kind)));
    }
}
