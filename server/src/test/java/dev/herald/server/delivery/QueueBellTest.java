package dev.herald.server.delivery;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.persistence.Database;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** How processes hear of mail that another queued. */
class QueueBellTest {
    private static final String LISTENING =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";

    @Test
    void ring_manyTimes_notifiesAtMostOnceInFiftyMilliseconds() throws SQLException {
        try (Database database = TestDatabase.open();
                Connection ear = listen(database.url());
                QueueBell bell = QueueBell.start(database.transactions())) {
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(1)).until(() -> {
                bell.ring();
                return System.nanoTime() - start > Duration.ofMillis(500).toNanos();
            });
            int heard = 0;
            for (int more = heard(ear, 300); more > 0; more = heard(ear, 300)) {
                heard += more;
            }
            assertThat(heard).isBetween(2, 12);
        }
    }

    @Test
    void generate_atAProcessThatOnlyServes_isHeardByOthers() throws SQLException {
        try (HeraldFixture serving = HeraldFixture.start(Map.of("DELIVERY", "off"));
                Connection ear = listen(serving.url())) {
            assertThat(serving.number(LISTENING)).as("it hears nothing itself").isEqualTo(1);
            serving.loadCampus(1);
            assertThat(heard(ear, 200)).isZero();
            serving.admin().notifications().generateForSession(SESSION_ID);
            assertThat(heard(ear, 10_000)).isEqualTo(1);
        }
    }

    @Test
    void poll_chosen_neitherListensNorNotifies() throws SQLException {
        Map<String, String> poll = Map.of("DELIVERY_WAKEUP", "poll");
        try (HeraldFixture serving = HeraldFixture.start(Map.of("DELIVERY", "off", "DELIVERY_WAKEUP", "poll"));
                HeraldFixture delivering = serving.another(poll);
                Connection ear = listen(serving.url())) {
            serving.loadCampus(20);
            serving.admin().notifications().generateForSession(SESSION_ID);
            assertThat(delivering.awaitDelivery(SESSION_ID).getSent()).isEqualTo(20);
            delivering.admin().notifications().generateForSession(SESSION_ID);
            assertThat(delivering.number(LISTENING)).as("this test alone").isEqualTo(1);
            assertThat(heard(ear, 500)).isZero();
        }
    }

    private static Connection listen(String url) throws SQLException {
        Connection connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + QueueBell.CHANNEL);
        }
        return connection;
    }

    /** How many notifications come, waiting for the first of them. */
    private static int heard(Connection ear, int millis) throws SQLException {
        return ear.unwrap(PGConnection.class).getNotifications(millis).length;
    }
}
