package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.chaos.ChaosRelay.Stage;
import dev.herald.server.testing.HeraldProcess;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processes that are killed or stopped amid delivery. */
@ExtendWith(ChaosTable.class)
class ProcessFaultsIT {
    private final Random random = new Random();

    /** F1; 50 kills in the catalogue of faults, 15 here: each costs a start of the server. */
    @Test
    void kill_manyTimesAmidDelivery_everyMailArrivesAndOnlyThoseInFlightTwice() {
        int kills = Size.of(2, 15);
        int mails = Size.of(1_000, 5_000);
        try (ChaosScene scene = ChaosScene.of(mails)) {
            scene.relay().delay(Duration.ofMillis(2));
            HeraldProcess server = scene.serve();
            scene.generate(server, ChaosScene.SESSION);
            for (int kill = 1; kill <= kills; kill++) {
                int soFar = scene.relay().accepted();
                scene.awaitAccepted(Math.min(mails - 1, soFar + 50 + random.nextInt(mails / kills / 2)));
                server.kill();
                server = scene.serve();
            }
            scene.faultEnds();
            scene.assertWhole("F1 kill -9 amid delivery, " + kills + " times", kills * ChaosScene.IN_FLIGHT, 60);
        }
    }

    /** F2: at least one mail each time is accepted and not written down. */
    @Test
    @Tag(Size.FULL_ONLY)
    void kill_betweenTheRelaysAcceptanceAndOurNote_doublesWhatWasInFlight() {
        int kills = 10;
        try (ChaosScene scene = ChaosScene.of(2_000)) {
            scene.relay().delay(Duration.ofMillis(2));
            HeraldProcess server = scene.serve();
            scene.generate(server, ChaosScene.SESSION);
            for (int kill = 1; kill <= kills; kill++) {
                killBehindAcceptance(scene, server, 50 + random.nextInt(50));
                server = scene.serve();
            }
            scene.faultEnds();
            scene.assertWhole("F2 kill -9 between 250 and note, " + kills + " times", kills * ChaosScene.IN_FLIGHT, 90);
            assertThat(scene.relay().accepted()).isGreaterThanOrEqualTo(2_000 + kills);
        }
    }

    private static void killBehindAcceptance(ChaosScene scene, HeraldProcess server, int after) {
        AtomicInteger left = new AtomicInteger(after);
        scene.relay().whenAccepted(mail -> {
            if (left.decrementAndGet() == 0) {
                Signals.send("KILL", server.pid());
            }
        });
        server.awaitExit();
        scene.relay().behave();
    }

    /** F3; the relay's greeting never comes, so that what was claimed hasn't been handed over. */
    @Test
    @Tag(Size.FULL_ONLY)
    void kill_betweenClaimAndConnect_doublesNothingAndChargesNothing() {
        int kills = 10;
        try (ChaosScene scene = ChaosScene.of(100)) {
            for (int kill = 1; kill <= kills; kill++) {
                HeraldProcess server = scene.serve();
                scene.awaitWhole(30);
                scene.relay().at(Stage.GREETING, Answer.HANG);
                scene.relay().dropConnections();
                long session = ChaosScene.SESSION + kill;
                scene.session(session, Clock.systemUTC().instant());
                scene.generate(server, session);
                await().until(() -> scene.number("SELECT count(*) FROM outbox WHERE lease_until IS NOT NULL") == 100);
                server.kill();
                scene.relay().behave();
            }
            scene.serve();
            scene.faultEnds();
            scene.assertWhole("F3 kill -9 between claim and connect, " + kills + " times", 0, 60);
            assertThat(scene.number("SELECT count(*) FROM delivery_attempts")).isEqualTo(100L * kills);
        }
    }

    /** F4. */
    @Test
    void stop_longerThanTheLease_theOtherTakesOverAndTheLateOneChangesNothing() {
        int mails = Size.of(1_000, 5_000);
        try (ChaosScene scene = ChaosScene.of(mails)) {
            scene.relay().delay(Duration.ofMillis(5));
            HeraldProcess late = scene.serve();
            HeraldProcess other = scene.serve();
            scene.generate(late, ChaosScene.SESSION);
            scene.awaitAccepted(mails / 4);
            Signals.send("STOP", late.pid());
            Spell.lastsSeconds(ChaosScene.LEASE_SECONDS + 3);
            // The late one wakes up to find all of its leases taken over.
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> scene.number("SELECT count(*) FROM outbox WHERE lease_until < now()") == 0);
            Signals.send("CONT", late.pid());
            scene.faultEnds();
            scene.assertWhole("F4 SIGSTOP for longer than the lease, SIGCONT", ChaosScene.IN_FLIGHT, 60);
            await().until(() -> late.output().contains("lease lost"));
            assertThat(late.isAlive() && other.isAlive()).isTrue();
            assertThat(late.output()).doesNotContain("Exception");
        }
    }

    /** F8; F7 and the rest of F8 are proven by DeliveryFaultsTest. */
    @Test
    @Tag(Size.FULL_ONLY)
    void mail_thatKillsEachProcess_isGivenUpAsPoisonAndTheOthersArrive() {
        AtomicLong pid = new AtomicLong();
        AtomicInteger kills = new AtomicInteger();
        try (ChaosScene scene = ChaosScene.of(500)) {
            scene.students(501, 1, "poison.example");
            scene.relay().at(Stage.RCPT, mail -> {
                if (mail.recipient().endsWith("poison.example")) {
                    kills.incrementAndGet();
                    Signals.send("KILL", pid.get());
                }
                return Answer.USUAL;
            });
            HeraldProcess server = scene.launch();
            pid.set(server.pid());
            scene.generate(server.awaitServing(), ChaosScene.SESSION);
            while (!isOver(scene, server)) {
                server = scene.launch();
                pid.set(server.pid());
            }
            scene.faultEnds();
            double seconds = scene.awaitWhole(30);
            long allowed = (long) kills.get() * ChaosScene.IN_FLIGHT;
            scene.assertRow("F8 a mail that kills its process: the others", "%campus.example", 0, allowed, seconds);
            scene.assertRow("F8 a mail that kills its process: that mail", "%poison.example", 1, 0, seconds);
            assertThat(scene.number("SELECT count(*) FROM email_notifications WHERE failure_reason = 'poison'"))
                    .isEqualTo(1);
            // Once among others, then twice alone.
            assertThat(kills.get()).isEqualTo(3);
        }
    }

    /** Waits until the server is dead, or has nothing left to do; whether it is the latter. */
    private static boolean isOver(ChaosScene scene, HeraldProcess server) {
        await().atMost(Duration.ofSeconds(60)).until(() -> !server.isAlive() || scene.isWhole());
        return scene.isWhole();
    }
}
