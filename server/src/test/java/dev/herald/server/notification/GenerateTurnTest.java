package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.GenerateForSessionResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Calls for one session go one after another. */
class GenerateTurnTest {
    private static final String WAITING_FOR_LONG =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    + " AND wait_event = 'advisory' AND now() - query_start > interval '3.3 s'";

    @Test
    void generate_whileALargeSessionsFirstCallIsUnderWay_waitsLongerThanForOtherLocks() throws SQLException {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
                Connection first = DriverManager.getConnection(herald.url())) {
            herald.loadCampus(3);
            first.setAutoCommit(false);
            new NotificationRepository().holdSession(first, SESSION_ID);
            assertThat(lockTimeout(first)).isEqualTo("10s");
            CompletableFuture<GenerateForSessionResponse> second = CompletableFuture.supplyAsync(
                    () -> herald.admin().notifications().generateForSession(SESSION_ID),
                    work -> new Thread(work).start());
            await().until(() -> herald.number(WAITING_FOR_LONG) == 1);
            first.commit();
            assertThat(second.join().getNotificationsCreated()).isEqualTo(3);
        }
    }

    private static String lockTimeout(Connection connection) throws SQLException {
        try (PreparedStatement show = connection.prepareStatement("SHOW lock_timeout");
                var row = show.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }
}
