package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.TestDatabase;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the engine does with faults of its own parts. */
class DeliveryFaultsTest {
    private final Database database = TestDatabase.open();
    private final ScriptedSmtpServer relay = ScriptedSmtpServer.start();
    private final FakeMailKind kind = new FakeMailKind();
    private DeliveryEngine engine;

    @BeforeEach
    void start() {
        engine = newEngine();
        engine.start();
    }

    @AfterEach
    void stop() {
        engine.stop(Duration.ofSeconds(5));
        database.close();
        relay.close();
    }

    @Test
    void compose_oneMailBreaksTheBatch_itFailsAndTheOthersAreSent() {
        kind.uncomposable.add(2L);
        enqueue(1, 3);
        await().until(() -> kind.sent.size() == 2);
        await().until(() -> kind.failed.containsKey(2L));
        assertThat(kind.sent).containsExactlyInAnyOrder(1L, 3L);
        assertThat(kind.failed).containsEntry(2L, FailureReason.TEMPLATE_ERROR);
    }

    @Test
    void record_oneResultCannotBeWritten_theOthersAre() {
        kind.unwritable.add(7L);
        enqueue(1, 20);
        await().until(() -> kind.sent.size() == 19);
        assertThat(kind.sent).doesNotContain(7L);
        assertThat(queued()).isEqualTo(1);
    }

    @Test
    void suspect_databaseFaultAsItBegins_isTakenUpAgain() {
        engine.stop(Duration.ofSeconds(5));
        TestDatabase.update(database.url(), "CREATE SEQUENCE tries");
        TestDatabase.update(
                database.url(),
                "CREATE FUNCTION full_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF nextval('tries') = 1 THEN"
                        + " RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END IF; RETURN NEW; END $$");
        TestDatabase.update(
                database.url(),
                "CREATE TRIGGER full_once BEFORE UPDATE ON outbox FOR EACH ROW WHEN (NEW.started) EXECUTE FUNCTION full_once()");
        enqueue(1, 2);
        TestDatabase.update(database.url(), "UPDATE outbox SET suspect = true");
        engine = newEngine();
        engine.start();
        await().until(() -> kind.sent.size() == 2);
    }

    @Test
    void claim_mailOfAnUnknownKind_isLeftAlone() {
        TestDatabase.update(
                database.url(), "INSERT INTO outbox (kind, ref_id, priority, rank) VALUES ('newer', 1, 0, 0)");
        enqueue(1, 3);
        await().until(() -> kind.sent.size() == 3);
        assertThat(queued()).isEqualTo(1);
    }

    @Test
    void stop_mailsInHand_areGivenBackUnlessSent() {
        relay.reply(ScriptedSmtpServer.Stage.DOT, ScriptedSmtpServer.HANG);
        enqueue(1, 50);
        await().until(() -> relay.commands().stream().anyMatch(command -> command.startsWith("DATA")));
        engine.stop(Duration.ofMillis(200));
        assertThat(leased()).isZero();
        relay.usual(ScriptedSmtpServer.Stage.DOT);
        engine = newEngine();
        engine.start();
        // Those that hung behind their final dot wait for their back-off.
        await().until(() -> kind.sent.size() >= 42);
    }

    private DeliveryEngine newEngine() {
        DeliveryConfig config = new DeliveryConfig(true, Duration.ofSeconds(60), 3, 8, 50, OrderConfig.USUAL);
        return DeliveryScene.engine(config, database, kind, relay);
    }

    private void enqueue(long first, long last) {
        DeliveryScene.enqueue(database, first, last, Priority.NORMAL);
        engine.wake();
    }

    private long queued() {
        return TestDatabase.number(database.url(), "SELECT count(*) FROM outbox");
    }

    private long leased() {
        return TestDatabase.number(database.url(), "SELECT count(*) FROM outbox WHERE lease_owner IS NOT NULL");
    }
}
