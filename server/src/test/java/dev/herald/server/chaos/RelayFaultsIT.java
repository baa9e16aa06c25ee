package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.server.chaos.ChaosRelay.Stage;
import dev.herald.server.testing.HeraldProcess;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A relay that is away, silent, slow or unwilling, which is no mail's fault (F21, F22, F27, F28, F31 to F35). */
@ExtendWith(ChaosTable.class)
class RelayFaultsIT {
    private static final String CHARGED = "SELECT count(*) FROM delivery_attempts WHERE outcome <> 'accepted'";

    /** F21; 30 s instead of 10 min: the pause between probes is 30 s at the longest, so that nothing new comes later. */
    @Test
    void refusal_ofConnections_chargesNothingAndDrainsAfterwards() {
        int mails = Size.of(1_000, 5_000);
        try (ChaosScene scene = ChaosScene.of(mails)) {
            HeraldProcess server = scene.serve();
            scene.relay().goDown();
            scene.generate(server, ChaosScene.SESSION);
            await().until(() -> server.output().contains("sending to it pauses"));
            int seconds = Size.of(2, 30);
            Spell.lastsSeconds(seconds);
            assertCallsAreQuick(server);
            scene.relay().goUp();
            scene.faultEnds();
            scene.assertWhole("F21 relay refuses connections for " + seconds + " s", 0, 60);
            assertThat(scene.number(CHARGED)).isZero();
            // A line when it begins and one when it ends.
            assertThat(server.output()
                            .lines()
                            .filter(line -> line.contains("sending to it pauses"))
                            .count())
                    .isEqualTo(1);
        }
    }

    private static void assertCallsAreQuick(HeraldProcess server) {
        try (HeraldClient client = ChaosScene.client(server)) {
            client.notifications().sessionDelivery(ChaosScene.SESSION);
            long start = System.nanoTime();
            client.notifications().sessionDelivery(ChaosScene.SESSION);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
        }
    }

    /** F22: the limit for an answer is 60 s. The whole-attempt limit against dribbling is proven by SmtpTransportTest. */
    @Test
    @Tag(Size.FULL_ONLY)
    void silence_behindTheConnection_endsAtTheLimitAndChargesNothing() {
        try (ChaosScene scene = ChaosScene.of(1_000)) {
            HeraldProcess server = scene.serve();
            scene.relay().at(Stage.GREETING, Answer.HANG);
            scene.generate(server, ChaosScene.SESSION);
            await().atMost(Duration.ofSeconds(90)).until(() -> server.output().contains("sending to it pauses"));
            scene.relay().behave();
            scene.faultEnds();
            scene.assertWhole("F22 relay takes connections and never speaks", 0, 60);
            assertThat(scene.number(CHARGED)).isZero();
        }
    }

    /** F23, at the stages that no recipient can be told from; the others are in RecipientFaultsIT. */
    @Test
    @Tag(Size.FULL_ONLY)
    void drop_atGreetingHelloOrSender_doublesNothing() {
        for (Stage stage : new Stage[] {Stage.GREETING, Stage.EHLO, Stage.MAIL}) {
            try (ChaosScene scene = ChaosScene.of(1_000)) {
                AtomicInteger number = new AtomicInteger();
                HeraldProcess server = scene.serve();
                scene.relay().at(stage, mail -> number.incrementAndGet() % 5 == 0 ? Answer.DROP : Answer.USUAL);
                scene.generate(server, ChaosScene.SESSION);
                scene.awaitAccepted(400);
                scene.relay().behave();
                scene.faultEnds();
                awaitPostponedOnly(scene);
                scene.bringForward();
                scene.assertWhole("F23 relay drops every fifth connection at " + stage, 0, 60);
            }
        }
    }

    /** Waits until what is left has been put off for a minute; the caller brings that forward. */
    private static void awaitPostponedOnly(ChaosScene scene) {
        await().atMost(Duration.ofSeconds(90))
                .until(() -> scene.number("SELECT count(*) FROM outbox WHERE NOT parked AND due_at <= now()") == 0);
    }

    /** F27. */
    @Test
    @Tag(Size.FULL_ONLY)
    void closing_asGreetingAndBehindFiftyMails_chargesNothing() {
        try (ChaosScene scene = ChaosScene.of(2_000)) {
            HeraldProcess server = scene.serve("SMTP_MAILS_PER_CONNECTION", "1000");
            scene.relay().at(Stage.GREETING, Answer.say("421 4.3.2 come back later"));
            scene.generate(server, ChaosScene.SESSION);
            Spell.lastsSeconds(5);
            scene.relay().behave();
            scene.relay().at(Stage.MAIL, mail -> mail.mails() >= 50 ? Answer.say("421 4.7.0 enough") : Answer.USUAL);
            scene.faultEnds();
            scene.assertWhole("F27 421 as greeting for 5 s, then behind every 50th mail", 0, 60);
            assertThat(scene.number(CHARGED)).isZero();
        }
    }

    /** F28: none may fail for what all have in common. */
    @Test
    @Tag(Size.FULL_ONLY)
    void refusal_ofTheSender_leavesAllMailsPending() {
        for (String reply : new String[] {
            "530 5.7.0 must issue a STARTTLS command first", "550 5.7.1 sender refused", "535 5.7.8 no"
        }) {
            try (ChaosScene scene = ChaosScene.of(500)) {
                HeraldProcess server = scene.serve();
                scene.relay().at(Stage.MAIL, Answer.say(reply));
                scene.generate(server, ChaosScene.SESSION);
                Spell.lastsSeconds(4);
                assertThat(scene.number("SELECT count(*) FROM email_notifications WHERE status = 'pending'"))
                        .isEqualTo(500);
                // What the relay said is kept with those it said it to; it is charged to none.
                assertThat(scene.number("SELECT sum(attempts) FROM outbox")).isZero();
                assertThat(server.output()).contains("sending to it pauses: " + reply);
                scene.relay().behave();
                scene.faultEnds();
                scene.assertWhole("F28 relay answers " + reply.substring(0, 9) + " to every sender, for 4 s", 0, 60);
            }
        }
    }

    /** F31 for a whole server; what else TLS can do is in SmtpTlsTest. */
    @Test
    @Tag(Size.FULL_ONLY)
    void tls_notOffered_sendsNothingInClear() {
        try (ChaosScene scene = ChaosScene.of(200)) {
            HeraldProcess server = scene.serve("EMAIL_USE_TLS", "on");
            scene.generate(server, ChaosScene.SESSION);
            await().until(() -> server.output().contains("sending to it pauses"));
            Spell.lastsSeconds(3);
            assertThat(scene.relay().mailCommands()).isZero();
            assertThat(server.stop()).isZero();
            scene.faultEnds();
            scene.serve();
            scene.assertWhole("F31 STARTTLS required and not offered", 0, 30);
            assertThat(scene.number(CHARGED)).isZero();
        }
    }

    /** F32. */
    @Test
    @Tag(Size.FULL_ONLY)
    void close_ofIdleConnections_chargesNothing() {
        try (ChaosScene scene = ChaosScene.of(500)) {
            HeraldProcess server = scene.serve();
            scene.generate(server, ChaosScene.SESSION);
            scene.awaitWhole(30);
            scene.relay().dropConnections();
            scene.session(ChaosScene.SESSION + 1, Clock.systemUTC().instant());
            scene.faultEnds();
            scene.generate(server, ChaosScene.SESSION + 1);
            scene.assertWhole("F32 relay closes idle connections", 0, 30);
            assertThat(scene.number(CHARGED)).isZero();
        }
    }

    /** F33. */
    @Test
    @Tag(Size.FULL_ONLY)
    void trickle_ofBytes_deliversAll() {
        try (ChaosScene scene = ChaosScene.of(100);
                ChaosProxy proxy = ChaosProxy.to(scene.relay().port())) {
            proxy.throttle(100, Duration.ofMillis(5));
            HeraldProcess server = scene.serve("EMAIL_PORT", Integer.toString(proxy.port()));
            scene.faultEnds();
            scene.generate(server, ChaosScene.SESSION);
            scene.assertWhole("F33 relay reads 100 bytes every 5 ms", 0, 60);
            assertThat(scene.number(CHARGED)).isZero();
        }
    }

    /** The network swallows everything for longer than the lease, and comes back. */
    @Test
    @Tag(Size.FULL_ONLY)
    void network_frozenForLongerThanTheLease_sendsNothingTwice() {
        try (ChaosScene scene = ChaosScene.of(1_000);
                ChaosProxy proxy = ChaosProxy.to(scene.relay().port())) {
            scene.relay().delay(Duration.ofMillis(5));
            scene.serve("EMAIL_PORT", Integer.toString(proxy.port()));
            HeraldProcess server = scene.serve("EMAIL_PORT", Integer.toString(proxy.port()));
            scene.generate(server, ChaosScene.SESSION);
            scene.awaitAccepted(200);
            proxy.freeze();
            Spell.lastsSeconds(3 * ChaosScene.LEASE_SECONDS);
            proxy.thaw();
            scene.faultEnds();
            scene.assertWhole("F22 network to the relay frozen for three leases", 0, 60);
        }
    }

    /** F34. */
    @Test
    @Tag(Size.FULL_ONLY)
    void expiry_whileTheRelayIsAway_failsInsteadOfSending() {
        try (ChaosScene scene = ChaosScene.of(300)) {
            HeraldProcess server = scene.serve();
            scene.relay().goDown();
            // Links live an hour from the session's start: two minutes and 8 seconds from now.
            scene.session(
                    ChaosScene.SESSION + 1,
                    Clock.systemUTC().instant().minus(Duration.ofMinutes(58)).plusSeconds(8));
            scene.generate(server, ChaosScene.SESSION + 1);
            Spell.lastsSeconds(10);
            scene.relay().goUp();
            scene.faultEnds();
            double seconds = scene.awaitWhole(60);
            scene.assertRow("F34 links expire while the relay is away", "%", 300, 0, seconds);
            assertThat(scene.relay().accepted()).isZero();
            assertThat(scene.number("SELECT count(*) FROM email_notifications WHERE failure_reason = 'token_expired'"))
                    .isEqualTo(300);
        }
    }

    /** F35. */
    @Test
    @Tag(Size.FULL_ONLY)
    void student_changedWhileTheRelayIsAway_countsAsHeIsWhenItIsSent() {
        try (ChaosScene scene = ChaosScene.of(400)) {
            HeraldProcess server = scene.serve();
            scene.relay().goDown();
            scene.session(ChaosScene.SESSION + 1, Clock.systemUTC().instant());
            scene.generate(server, ChaosScene.SESSION);
            scene.generate(server, ChaosScene.SESSION + 1);
            await().until(() -> server.output().contains("sending to it pauses"));
            scene.update("UPDATE users SET email = replace(email, 'campus', 'moved') WHERE user_id <= 100");
            scene.update("UPDATE users SET is_active = false, email = replace(email, 'campus', 'left')"
                    + " WHERE user_id BETWEEN 101 AND 200");
            scene.update("DELETE FROM users WHERE user_id BETWEEN 201 AND 300");
            scene.update("DELETE FROM sessions WHERE session_id = " + (ChaosScene.SESSION + 1));
            AtomicInteger old = new AtomicInteger();
            scene.relay().at(Stage.RCPT, mail -> {
                int number = Integer.parseInt(mail.recipient().replaceAll("\\D", ""));
                boolean wrong = number > 100 && number <= 300
                        || number <= 100 && !mail.recipient().endsWith("moved.example");
                old.addAndGet(wrong ? 1 : 0);
                return Answer.USUAL;
            });
            scene.relay().goUp();
            scene.faultEnds();
            double seconds = scene.awaitWhole(60);
            scene.assertRow("F35 address changed between tries", "%moved.example", 0, 0, seconds);
            scene.assertRow("F35 student deactivated between tries", "%left.example", 100, 0, seconds);
            scene.assertRow("F35 other students and another session deleted", "%campus.example", 0, 0, seconds);
            assertThat(old.get()).isZero();
            assertThat(scene.relay().accepted()).isEqualTo(200);
        }
    }
}
