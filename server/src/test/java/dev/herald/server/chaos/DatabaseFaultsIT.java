package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.rpc.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.v1.GenerateForSessionResponse;
import io.grpc.Status;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A PostgreSQL that hangs, dies, cuts and blocks (F10 to F14, F17 to F20). */
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

    /** F17: rows locked by a session that does nothing, a table locked, and no connection left. */
    @Test
    @Tag(Size.FULL_ONLY)
    void lock_onRowsAndTable_andNoConnectionLeft_delaysOnlyWhatIsLocked() throws SQLException {
        try (ChaosScene scene = ChaosScene.of(2_000)) {
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", LEASE, "DELIVERY", "off");
            scene.generate(server, ChaosScene.SESSION);
            try (Connection hog = DriverManager.getConnection(scene.url());
                    Statement statement = hog.createStatement()) {
                hog.setAutoCommit(false);
                statement.execute("SELECT 1 FROM outbox ORDER BY rank LIMIT 100 FOR UPDATE");
                scene.serve("DELIVERY_LEASE_SECONDS", LEASE);
                await().until(() -> scene.number("SELECT count(*) FROM outbox") == 100);
                hog.rollback();
                statement.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE");
                Spell.lastsSeconds(8);
                hog.rollback();
            }
            scene.session(ChaosScene.SESSION + 1, Clock.systemUTC().instant());
            List<Connection> all = useUpConnections(scene);
            Spell.lastsSeconds(5);
            for (Connection one : all) {
                one.close();
            }
            scene.generate(server, ChaosScene.SESSION + 1);
            scene.faultEnds();
            scene.assertWhole("F17 rows locked, table locked for 8 s, max_connections used up for 5 s", 0, 60);
        }
    }

    private static List<Connection> useUpConnections(ChaosScene scene) {
        List<Connection> all = new ArrayList<>();
        try {
            while (all.size() < 300) {
                all.add(DriverManager.getConnection(scene.postgres().url("postgres")));
            }
            throw new AssertionError("no end of connections");
        } catch (SQLException e) {
            assertThat(e.getSQLState()).isEqualTo("53300");
            return all;
        }
    }

    /** F18: what is dead can't be cleared away while an old transaction may look at it. */
    @Test
    @Tag(Size.FULL_ONLY)
    void transaction_leftOpenForLong_halvesThroughputAtMost() throws SQLException {
        int mails = 20_000;
        try (ChaosScene scene = ChaosScene.of(mails)) {
            scene.session(ChaosScene.SESSION + 1, Clock.systemUTC().instant());
            HeraldProcess server = scene.serve("DELIVERY_LEASE_SECONDS", LEASE);
            double before = secondsFor(scene, server, ChaosScene.SESSION);
            try (Connection old = DriverManager.getConnection(scene.url());
                    Statement statement = old.createStatement()) {
                old.setAutoCommit(false);
                old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                statement.execute("SELECT count(*) FROM outbox");
                double meanwhile = secondsFor(scene, server, ChaosScene.SESSION + 1);
                assertThat(meanwhile).isLessThan(2 * before + 1);
            }
            scene.faultEnds();
            scene.assertWhole("F18 a transaction left open while " + mails + " mails turn over", 0, 30);
        }
    }

    private static double secondsFor(ChaosScene scene, HeraldProcess server, long session) {
        scene.faultEnds();
        scene.generate(server, session);
        return scene.awaitWhole(120);
    }

    /** F19. */
    @Test
    @Tag(Size.FULL_ONLY)
    void generate_twentyAtOnceWithTheSameStudents_makesEachPairOnce() {
        try (ChaosScene scene = ChaosScene.of(2_000)) {
            scene.session(ChaosScene.SESSION + 1, Clock.systemUTC().instant());
            HeraldProcess one = scene.serve("DELIVERY_LEASE_SECONDS", LEASE);
            HeraldProcess other = scene.serve("DELIVERY_LEASE_SECONDS", LEASE);
            List<CompletableFuture<GenerateForSessionResponse>> calls = IntStream.range(0, 20)
                    .mapToObj(number -> CompletableFuture.supplyAsync(
                            () -> scene.generate(number % 2 == 0 ? one : other, ChaosScene.SESSION + number / 10)))
                    .toList();
            int created = calls.stream()
                    .mapToInt(call -> call.join().getNotificationsCreated())
                    .sum();
            assertThat(created).isEqualTo(4_000);
            scene.faultEnds();
            scene.assertWhole("F19 20 Generates at once with the same students", 0, 60);
        }
    }

    /** F20. */
    @Test
    @Tag(Size.FULL_ONLY)
    void start_ofThreeOnAnEmptyDatabase_migratesOnce() {
        try (ChaosScene scene = ChaosScene.empty()) {
            List<HeraldProcess> servers = List.of(scene.launch(), scene.launch(), scene.launch());
            servers.forEach(HeraldProcess::awaitServing);
            scene.faultEnds();
            assertThat(servers).allMatch(HeraldProcess::isAlive);
            assertThat(scene.number("SELECT count(*) - count(DISTINCT version) FROM herald_schema_history WHERE"
                            + " version IS NOT NULL"))
                    .isZero();
            scene.assertWhole("F20 three servers start at once on an empty database", 0, 10);
        }
    }
}
