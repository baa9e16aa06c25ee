package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.chaos.ChaosRelay.Stage;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.v1.GenerateForSessionResponse;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** SIGTERM, at every bad moment (F5 and F6). */
@ExtendWith(ChaosTable.class)
class ShutdownFaultsIT {
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final int MAILS = 200;

    @Test
    void terminate_whileTheRelayHangs_endsWithinItsGraceAndGivesLeasesBack() {
        List<Stage> stages = Size.isFull()
                ? List.of(Stage.GREETING, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA)
                : List.of(Stage.GREETING, Stage.RCPT);
        List<CompletableFuture<Void>> hanging = stages.stream()
                .map(stage -> CompletableFuture.runAsync(() -> terminateInTarpit(stage, Answer.HANG)))
                .toList();
        hanging.forEach(CompletableFuture::join);
    }

    @Test
    @Tag(Size.FULL_ONLY)
    void terminate_whileTheRelayDribbles_endsWithinItsGraceAndGivesLeasesBack() {
        terminateInTarpit(Stage.RCPT, Answer.DRIBBLE);
    }

    /** Its answer to the dot is never known, so each connection's mail may come twice. */
    @Test
    @Tag(Size.FULL_ONLY)
    void terminate_whileTheRelayHangsBehindTheDot_endsWithinItsGrace() {
        terminateInTarpit(Stage.DOT, Answer.HANG);
    }

    /** Nothing can be given back then, so the leases have to run out. */
    @Test
    @Tag(Size.FULL_ONLY)
    void terminate_whileTheDatabaseIsFrozen_endsWithinFortySeconds() {
        try (ChaosScene scene = ChaosScene.of(MAILS)) {
            scene.relay().at(Stage.RCPT, Answer.HANG);
            HeraldProcess server = scene.serve();
            scene.generate(server, ChaosScene.SESSION);
            await().until(() -> scene.relay().connections() > 0);
            scene.postgres().freeze();
            long start = System.nanoTime();
            assertThat(server.stop()).as(server.output()).isIn(0, 1);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(45));
            scene.postgres().thaw();
            scene.relay().behave();
            scene.faultEnds();
            scene.serve();
            scene.assertWhole("F5 SIGTERM while PostgreSQL is frozen", 0, 60);
        }
    }

    private static void terminateInTarpit(Stage stage, Answer answer) {
        try (ChaosScene scene = ChaosScene.of(MAILS)) {
            scene.relay().at(stage, answer);
            // So long a lease that only giving it back explains what comes next.
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", "600");
            scene.generate(server, ChaosScene.SESSION);
            await().until(() -> scene.number("SELECT count(*) FROM outbox WHERE lease_until IS NOT NULL") > 0);
            await().until(() -> scene.relay().connections() > 0);
            assertEndsInGrace(server);
            assertThat(scene.number("SELECT count(*) FROM outbox WHERE lease_until IS NOT NULL"))
                    .isZero();
            scene.relay().behave();
            scene.bringForward();
            scene.faultEnds();
            scene.serve("DELIVERY_LEASE_SECONDS", "600");
            scene.assertWhole("F5b SIGTERM while the relay " + answer.deed() + "S at " + stage, 0, 30);
        }
    }

    private static void assertEndsInGrace(HeraldProcess server) {
        long start = System.nanoTime();
        assertThat(server.stop()).as(server.output()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(GRACE);
    }

    /** F5a, c and d: calls under way, one of 5 MB before, and clients that do nothing. */
    @Test
    @Tag(Size.FULL_ONLY)
    void terminate_withCallsUnderWayAndIdleClients_answersThemAndEnds() {
        int students = 20_000;
        try (ChaosScene scene = ChaosScene.of(students)) {
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", "600");
            List<HeraldClient> idle = IntStream.range(0, 20)
                    .mapToObj(number -> ChaosScene.client(server))
                    .toList();
            idle.forEach(client ->
                    assertThat(client.tokens().validate("x").getValid()).isFalse());
            sendTooMuch(idle.get(0));
            CompletableFuture<GenerateForSessionResponse> call =
                    CompletableFuture.supplyAsync(() -> scene.generate(server, ChaosScene.SESSION));
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> scene.number("SELECT count(*) FROM pg_stat_activity WHERE datname = '"
                                    + scene.database() + "' AND now() - xact_start > interval '100 ms'")
                            > 0);
            assertThat(call).isNotDone();
            assertEndsInGrace(server);
            assertThat(call.join().getNotificationsCreated()).isEqualTo(students);
            idle.forEach(HeraldClient::close);
            scene.faultEnds();
            scene.serve();
            scene.assertWhole("F5acd SIGTERM amid a call, behind one of 5 MB, with idle clients", 0, 60);
        }
    }

    private static void sendTooMuch(HeraldClient client) {
        ValidateTokenRequest large = ValidateTokenRequest.newBuilder()
                .setToken("x".repeat(5_000_000))
                .build();
        assertThatThrownBy(
                        () -> TokenServiceGrpc.newBlockingStub(client.channel()).validateToken(large))
                .isNotInstanceOf(ServiceCallException.class)
                .hasMessageContaining("RESOURCE_EXHAUSTED");
    }

    /** F6: wherever in its start it is, migrations included; and told twice. */
    @Test
    @Tag(Size.FULL_ONLY)
    void terminate_whileItStarts_leavesNothingHalfDone() {
        try (ChaosScene scene = ChaosScene.empty()) {
            Map<String, String> settings = scene.settings();
            for (int millis = 300; millis <= 2_400; millis += 300) {
                HeraldProcess server = scene.keep(HeraldProcess.launch(settings, List.of(), List.of()));
                Spell.lasts(Duration.ofMillis(millis));
                server.terminate();
                server.terminate();
                assertThat(server.awaitExit()).as(server.output()).isIn(0, 143);
            }
            scene.faultEnds();
            scene.serve();
            assertThat(scene.number("SELECT count(*) FROM herald_schema_history WHERE NOT success"))
                    .isZero();
            scene.assertWhole("F6 SIGTERM during start-up and migration, twice each, 8 times", 0, 10);
        }
    }
}
