package dev.herald.server.delivery;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import io.micrometer.core.instrument.search.RequiredSearch;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is counted when delivery doesn't go as usual. */
class DeliveryMeterTest {
    private final HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY_LEASE_SECONDS", "4"));
    private final ScriptedSmtpServer relay = herald.relay();

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void relayUp_whileTheRelayIsInTrouble_isZero() {
        assertThat(relayUp()).isOne();
        relay.reply(Stage.CONNECT, "421 4.3.2 later");
        generate(1);
        await().until(() -> relayUp() == 0);
        relay.usual(Stage.CONNECT);
        await().until(() -> relayUp() == 1);
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(1);
    }

    @Test
    void possibleDuplicates_answerLostBehindTheFinalDot_areCounted() {
        relay.replyTimes(1, Stage.DOT, ScriptedSmtpServer.ACCEPT_AND_DROP);
        generate(1);
        await().until(() -> duplicates("outcome_unknown") == 1);
        assertThat(results("postponed", "unknown")).isOne();
        herald.update("UPDATE outbox SET due_at = now()");
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(1);
        assertThat(relay.mails()).hasSize(2);
        assertThat(duplicates("outcome_unknown")).isOne();
        assertThat(attempts("unknown")).isOne();
        assertThat(attempts("accepted")).isOne();
    }

    @Test
    void lostLeases_mailWasTakenOverWhileTheRelayTookIt_areCountedWithWhatMayArriveTwice() {
        CountDownLatch stolen = new CountDownLatch(1);
        relay.reply(Stage.DOT, to -> {
            waitFor(stolen);
            return null;
        });
        generate(1);
        await().until(() -> herald.number("SELECT count(lease_until) FROM outbox") == 1);
        herald.update("UPDATE outbox SET fencing_token = fencing_token + 1, lease_until = now() + interval '1 hour'");
        stolen.countDown();
        await().until(() -> duplicates("result_not_recorded") == 1);
        assertThat(number("herald.delivery.lost.leases")).isOne();
        assertThat(results("sent", "")).isZero();
    }

    @Test
    void takenOver_leaseOfAnotherRanOut_isCounted() {
        relay.replyTimes(1, Stage.RCPT, "451 4.7.1 greylisted");
        generate(1);
        await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE attempts = 1") == 1);
        herald.update(
                "UPDATE outbox SET lease_owner = 'gone', lease_until = now() - interval '1 second', due_at = now()");
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(1);
        assertThat(number("herald.delivery.taken.over")).isOne();
        assertThat(results("postponed", "transient")).isOne();
    }

    private void generate(int students) {
        herald.loadCampus(students);
        herald.client(Role.SESSION).notifications().generateForSession(SESSION_ID);
    }

    private double relayUp() {
        return search("herald.relay.up").gauge().value();
    }

    private double duplicates(String cause) {
        return search("herald.delivery.possible.duplicates")
                .tag("cause", cause)
                .counter()
                .count();
    }

    private double results(String result, String reason) {
        return search("herald.delivery.results")
                .tags("result", result, "reason", reason)
                .counter()
                .count();
    }

    private long attempts(String outcome) {
        return search("herald.delivery.attempt.duration")
                .tag("outcome", outcome)
                .timer()
                .count();
    }

    private double number(String counter) {
        return search(counter).counter().count();
    }

    private RequiredSearch search(String name) {
        return herald.application().telemetry().meters().get(name);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
