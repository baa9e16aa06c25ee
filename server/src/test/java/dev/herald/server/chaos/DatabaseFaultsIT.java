package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.v1.GenerateForSessionResponse;
import io.grpc.Status;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A PostgreSQL that hangs, dies and cuts (F10 to F14). */
@ExtendWith(ChaosTable.class)
class DatabaseFaultsIT {
    /** No fault outlasts it unless it says so: then no outcome is in doubt, and none may double. */
    private static final String LEASE = "10";

    /** F10; 35 s are enough for every time-out, the longest being 30 s. */
    @Test
    @Tag(Size.FULL_ONLY)
    void freeze_ofTheWholeDatabase_endsCallsInTimeAndGoesOnAfterwards() {
        try (ChaosScene scene = ChaosScene.of(5_000)) {
            HeraldProcess server = deliverHalf(scene);
            scene.postgres().freeze();
            long start = System.nanoTime();
            assertThat(refusal(server)).isIn(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
            Spell.lasts(Duration.ofSeconds(35).minusNanos(System.nanoTime() - start));
            scene.postgres().thaw();
            scene.faultEnds();
            scene.assertWhole("F10 PostgreSQL frozen for 35 s", 0, 60);
            await().atMost(Duration.ofSeconds(10)).until(() -> refusal(server) == Status.Code.OK);
        }
    }

    private static Status.Code refusal(HeraldProcess server) {
        try (HeraldClient client = HeraldClient.builder("127.0.0.1:" + server.port())
                .plaintext()
                .bearerToken(HeraldFixture.bearer(Role.ADMIN))
                .deadline(Duration.ofSeconds(10))
                .build()) {
            client.notifications().sessionDelivery(ChaosScene.SESSION);
            return Status.Code.OK;
        } catch (ServiceCallException e) {
            return e.code();
        }
    }

    private static HeraldProcess deliverHalf(ChaosScene scene) {
        scene.relay().delay(Duration.ofMillis(5));
        HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", "60");
        int mails = scene.generate(server, ChaosScene.SESSION).getNotificationsCreated();
        scene.awaitAccepted(mails / 2);
        return server;
    }

    /** F11 (a): the work was done, and its answer is lost. */
    @Test
    @Tag(Size.FULL_ONLY)
    void cut_betweenTheCommitOfGenerateAndItsAnswer_repeatsWithoutASecondRow() {
        try (ChaosScene scene = ChaosScene.of(1_000);
                ChaosProxy proxy = ChaosProxy.to(scene.postgres().port())) {
            HeraldProcess server = scene.serve("DATABASE_URL", through(proxy, scene), "DELIVERY", "off");
            proxy.cutAtAnswer("COMMIT\0", number -> number == 1);
            GenerateForSessionResponse answer = scene.generate(server, ChaosScene.SESSION);
            assertThat(proxy.cuts()).isEqualTo(1);
            // The client called again by itself.
            assertThat(answer.getAlreadyExisting()).isEqualTo(1_000);
            assertThat(scene.number("SELECT count(*) FROM email_notifications")).isEqualTo(1_000);
            scene.serve();
            scene.faultEnds();
            scene.assertWhole("F11a COMMIT's answer to Generate cut", 0, 30);
        }
    }

    /** F11 (b): the worker still knows what became of its mails. */
    @Test
    @Tag(Size.FULL_ONLY)
    void cut_betweenTheCommitOfOutcomesAndItsAnswer_sendsNothingAgain() {
        try (ChaosScene scene = ChaosScene.of(3_000);
                ChaosProxy proxy = ChaosProxy.to(scene.postgres().port())) {
            scene.relay().delay(Duration.ofMillis(2));
            HeraldProcess server = scene.serve("DATABASE_URL", through(proxy, scene), "DELIVERY_LEASE_SECONDS", LEASE);
            scene.generate(server, ChaosScene.SESSION);
            proxy.cutAtAnswer("COMMIT\0", number -> number % 5 == 0);
            await().atMost(Duration.ofSeconds(60)).until(() -> proxy.cuts() >= 10 || scene.isWhole());
            proxy.behave();
            scene.faultEnds();
            scene.assertWhole("F11b COMMIT's answer cut for every fifth, " + proxy.cuts() + " times", 0, 60);
        }
    }

    private static String through(ChaosProxy proxy, ChaosScene scene) {
        return scene.url().replace(":" + scene.postgres().port() + "/", ":" + proxy.port() + "/");
    }

    /** F12. */
    @Test
    void stop_immediateAndStart_manyTimes_losesNothingAndDoublesNothing() {
        int stops = Size.of(2, 10);
        int mails = Size.of(1_000, 5_000);
        try (ChaosScene scene = ChaosScene.of(mails)) {
            scene.relay().delay(Duration.ofMillis(5));
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", LEASE);
            scene.generate(server, ChaosScene.SESSION);
            for (int stop = 1; stop <= stops; stop++) {
                scene.awaitAccepted(stop * mails / (stops + 2));
                scene.postgres().stopImmediately();
                scene.postgres().startAgain();
            }
            scene.faultEnds();
            scene.assertWhole("F12 PostgreSQL stopped immediately and started, " + stops + " times", 0, 60);
            assertThat(server.isAlive()).isTrue();
        }
    }

    /** F12 again, while sessions are generated: each all or nothing. */
    @Test
    @Tag(Size.FULL_ONLY)
    void stop_immediateAndStart_amidGenerate_makesAllOfASessionOrNothing() {
        int students = 2_000;
        try (ChaosScene scene = ChaosScene.of(students)) {
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", LEASE);
            for (long session = ChaosScene.SESSION + 1; session <= ChaosScene.SESSION + 5; session++) {
                scene.session(session, Clock.systemUTC().instant());
                long id = session;
                CompletableFuture<GenerateForSessionResponse> call =
                        CompletableFuture.supplyAsync(() -> scene.generate(server, id));
                Spell.lasts(Duration.ofMillis(30));
                scene.postgres().stopImmediately();
                scene.postgres().startAgain();
                call.exceptionally(failure -> GenerateForSessionResponse.getDefaultInstance())
                        .join();
                assertThat(scene.number("SELECT count(*) FROM email_notifications WHERE session_id = " + session))
                        .isIn(0L, (long) students);
                scene.generate(server, session);
            }
            scene.faultEnds();
            scene.assertWhole("F12 PostgreSQL stopped immediately amid Generate, 5 times", 0, 60);
        }
    }

    /** F13; 60 s instead of 20 min: nothing in the engine counts how long it has waited, every loop is for ever. */
    @Test
    @Tag(Size.FULL_ONLY)
    void down_forAMinute_workersLiveOnAndSayLittle() {
        try (ChaosScene scene = ChaosScene.of(5_000)) {
            scene.relay().delay(Duration.ofMillis(5));
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", "120");
            scene.generate(server, ChaosScene.SESSION);
            scene.awaitAccepted(2_000);
            scene.postgres().stopImmediately();
            Spell.lastsSeconds(60);
            scene.postgres().startAgain();
            scene.faultEnds();
            scene.assertWhole("F13 PostgreSQL down for 60 s", 0, 60);
            assertThat(server.output().lines().count()).isLessThan(300);
        }
    }

    /** The leases ran out behind everybody's back, and the outcomes are still known: to one process, and to one of two. */
    @ParameterizedTest
    @CsvSource({"1, 2, 10", "2, 2, 10", "1, 60, 75"})
    @Tag(Size.FULL_ONLY)
    void down_forLongerThanTheLease_sendsNothingAgainWhoseOutcomeIsKnown(int servers, String lease, int seconds) {
        try (ChaosScene scene = ChaosScene.of(5_000)) {
            scene.relay().delay(Duration.ofMillis(5));
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", lease);
            for (int more = 1; more < servers; more++) {
                scene.serve("DELIVERY_LEASE_SECONDS", lease);
            }
            scene.generate(server, ChaosScene.SESSION);
            scene.awaitAccepted(500);
            scene.postgres().stopImmediately();
            Spell.lastsSeconds(seconds);
            scene.postgres().startAgain();
            scene.faultEnds();
            scene.assertWhole(
                    "F13 PostgreSQL down for " + seconds + " s, lease " + lease + " s, " + servers + " server(s)",
                    0,
                    60);
        }
    }

    /** F14. */
    @Test
    @Tag(Size.FULL_ONLY)
    void terminate_ofAllBackendsAgainAndAgain_losesNothing() {
        try (ChaosScene scene = ChaosScene.of(5_000)) {
            scene.relay().delay(Duration.ofMillis(5));
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", LEASE);
            scene.generate(server, ChaosScene.SESSION);
            for (int time = 1; time <= 200; time++) {
                ChaosPostgres.execute(scene.postgres().url("postgres"), backends("pg_terminate_backend(pid)", scene));
                Spell.lasts(Duration.ofMillis(100));
            }
            scene.faultEnds();
            scene.assertWhole("F14 all connections terminated, every 100 ms for 20 s", 0, 60);
            assertThat(scene.number(backends("count(*)", scene))).isLessThanOrEqualTo(11);
        }
    }

    private static String backends(String what, ChaosScene scene) {
        return "SELECT " + what + " FROM pg_stat_activity WHERE application_name = 'herald' AND datname = '"
                + scene.database() + "'";
    }
}
