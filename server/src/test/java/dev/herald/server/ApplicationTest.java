package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.TestDatabase;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ApplicationTest {
    @Test
    void start_portIsTaken_namesTheSettingAndLeavesNothingOpen() {
        String database = TestDatabase.newDatabase();
        try (HeraldFixture running = HeraldFixture.start()) {
            Map<String, String> settings =
                    Map.of("DATABASE_URL", database, "GRPC_PORT", Integer.toString(running.port()));
            assertThatThrownBy(() -> running.another(settings)).hasMessageContaining("GRPC_PORT");
            // The one connection is this question's own.
            await().until(() -> TestDatabase.number(
                            database, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                    == 1);
        }
    }
}
