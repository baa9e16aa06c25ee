package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldProcess;
import dev.herald.v1.GenerateForSessionResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A PostgreSQL that many want something of at once (F17 to F20). */
@ExtendWith(ChaosTable.class)
@Tag(Size.FULL_ONLY)
class DatabaseContentionIT {
    private static final String LEASE = "10";

    /** F17: rows locked by a session that does nothing, a table locked, and no connection left. */
    @Test
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
