package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TestDatabase;
import java.time.Duration;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two relays in order of preference. */
class RelayFailoverTest {
    private static final int CONNECTIONS = 4;

    private final Database database = TestDatabase.open();
    private final ScriptedSmtpServer preferred = ScriptedSmtpServer.start();
    private final ScriptedSmtpServer second = ScriptedSmtpServer.start();
    private final FakeMailKind kind = new FakeMailKind();
    private DeliveryEngine engine;

    @BeforeEach
    void start() {
        engine = DeliveryScene.engine(
                new DeliveryConfig(true, Duration.ofSeconds(60), 3, CONNECTIONS, 50, OrderConfig.USUAL),
                database,
                kind,
                preferred,
                second);
        engine.start();
    }

    @AfterEach
    void stop() {
        engine.stop(Duration.ofSeconds(5));
        database.close();
        preferred.close();
        second.close();
    }

    @Test
    void deliver_bothRelaysWork_onlyThePreferredGetsMail() {
        enqueue(1, 100);
        await().until(() -> kind.sent.size() == 100);
        assertThat(preferred.accepted()).isEqualTo(100);
        assertThat(second.connections()).isZero();
    }

    @Test
    void deliver_preferredGoesDown_theSecondTakesTheMailAndNoneIsLost() {
        enqueue(1, 5_000);
        await().until(() -> preferred.accepted() >= 100);
        preferred.goDown();
        await().until(() -> kind.sent.size() >= 4_990);
        // What was behind its final dot when the connection broke is of unknown outcome and waits for its second try.
        TestDatabase.update(database.url(), "UPDATE outbox SET due_at = now(), rank = 0");
        engine.wake();
        await().until(() -> kind.sent.size() == 5_000);
        assertThat(second.accepted()).isPositive();
        assertThat(Stream.concat(preferred.mails().stream(), second.mails().stream())
                        .map(Received::messageId)
                        .distinct())
                .hasSize(5_000);
        // A connection that breaks under its first mail is that mail's transient fault.
        assertThat(charged("'accepted', 'unknown'")).isLessThanOrEqualTo(CONNECTIONS);
        assertThat(kind.failed).isEmpty();
    }

    @Test
    void deliver_preferredComesBack_itGetsTheMailAgain() {
        preferred.goDown();
        enqueue(1, 20);
        await().until(() -> kind.sent.size() == 20);
        assertThat(second.accepted()).isEqualTo(20);
        preferred.goUp();
        PrimitiveIterator.OfLong ids = LongStream.iterate(21, id -> id + 1).iterator();
        await().until(() -> {
            long id = ids.nextLong();
            enqueue(id, id);
            await().until(() -> kind.sent.contains(id));
            return preferred.accepted() > 0;
        });
    }

    @Test
    void deliver_preferredRefusesTheLogin_theSecondTakesTheMail() {
        preferred.reply(Stage.CONNECT, "421 4.7.0 too busy");
        enqueue(1, 20);
        await().until(() -> kind.sent.size() == 20);
        assertThat(second.accepted()).isEqualTo(20);
    }

    @Test
    void deliver_bothDown_mailWaitsUncharged() {
        preferred.goDown();
        second.goDown();
        enqueue(1, 20);
        second.goUp();
        await().until(() -> kind.sent.size() == 20);
        assertThat(charged("'accepted'")).isZero();
    }

    /** How many attempts were charged for anything but these outcomes. */
    private long charged(String otherThan) {
        return TestDatabase.number(
                database.url(), "SELECT count(*) FROM delivery_attempts WHERE outcome NOT IN (" + otherThan + ")");
    }

    private void enqueue(long first, long last) {
        DeliveryScene.enqueue(database, first, last, Priority.NORMAL);
        engine.wake();
    }
}
