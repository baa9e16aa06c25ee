package dev.herald.server.delivery;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.server.persistence.Database;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Link;
import dev.herald.server.testing.PgBouncer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.SessionDelivery;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Everything behind PgBouncer in transaction mode, where a session's state is anybody's. */
@EnabledIf(value = "hasProgram", disabledReason = "pgbouncer is not on the PATH")
class PgBouncerTest {
    @TempDir
    Path folder;

    static boolean hasProgram() {
        return PgBouncer.program().isPresent();
    }

    @Test
    void serve_behindIt_migratesDeliversRetriesAndValidates() {
        String direct = TestDatabase.newEmptyDatabase();
        try (PgBouncer bouncer = PgBouncer.inFrontOf(direct, folder)) {
            Map<String, String> settings =
                    Map.of("DATABASE_URL", bouncer.url(), "DELIVERY_WAKEUP", "poll", "DELIVERY_LEASE_SECONDS", "2");
            try (HeraldFixture first = HeraldFixture.start(settings);
                    HeraldFixture second = first.another(settings)) {
                first.relay().reply(Stage.RCPT, to -> to.startsWith("student3@") ? "550 5.1.1 unknown" : null);
                journey(first, second, direct);
            }
            assertThat(TestDatabase.number(direct, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"))
                    .as("locks left behind")
                    .isZero();
        }
    }

    @Test
    void migrate_threeAtOnceBehindIt_allSucceed() {
        String direct = TestDatabase.newEmptyDatabase();
        try (PgBouncer bouncer = PgBouncer.inFrontOf(direct, folder)) {
            int run = IntStream.range(0, 3)
                    .parallel()
                    .map(one -> Database.migrate(TestDatabase.configOf(bouncer.url())))
                    .sum();
            assertThat(run).isEqualTo((int)
                    TestDatabase.number(direct, "SELECT count(*) FROM herald_schema_history WHERE type = 'SQL'"));
        }
    }

    private static void journey(HeraldFixture first, HeraldFixture second, String direct) {
        first.loadCampus(0);
        TestDatabase.update(
                direct,
                "INSERT INTO users SELECT id, 'student' || id || '@campus.example', 'F', 'L', 'student', true"
                        + " FROM generate_series(1, 400) AS id");
        TestDatabase.update(
                direct,
                "INSERT INTO student_profiles SELECT id, id, " + HeraldFixture.PROGRAM_ID
                        + ", NULL, true FROM generate_series(1, 400) AS id");
        HeraldClient client = second.admin();
        client.notifications().generateForSession(SESSION_ID);
        SessionDelivery delivery = first.awaitDelivery(SESSION_ID);
        assertThat(delivery.getSent()).isEqualTo(399);
        first.relay().usual(Stage.RCPT);
        assertThat(client.notifications()
                        .retryFailed(List.of(delivery.getFailedEmailIds(0)))
                        .getRetried())
                .isEqualTo(1);
        await().until(() -> first.awaitDelivery(SESSION_ID).getSent() == 400);
        assertThat(client.tokens()
                        .validate(Link.tokenIn(first.relay().mails().get(0)))
                        .getValid())
                .isTrue();
        assertThat(first.relay().accepted()).isEqualTo(400);
    }
}
