package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RoundTripCounter;
import dev.herald.server.testing.TestDatabase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server with nothing to do asks of its database. */
class IdleTest {
    private static final int A_MINUTE = 150;

    @ParameterizedTest(name = "lease of {0} s")
    @ValueSource(strings = {"60", "2"})
    void database_queueIsEmpty_isAskedSeldom(String lease) {
        String direct = TestDatabase.newDatabase();
        try (RoundTripCounter counter = RoundTripCounter.inFrontOf(direct);
                HeraldFixture idle =
                        HeraldFixture.start(Map.of("DATABASE_URL", counter.url(), "DELIVERY_LEASE_SECONDS", lease))) {
            // The pool is full, and the listener is there too.
            await().until(() -> TestDatabase.number(
                            direct,
                            "SELECT count(*) FROM pg_stat_activity"
                                    + " WHERE datname = current_database() AND application_name = 'herald'")
                    == 11);
            assertThat(idle.port()).isPositive();
            counter.reset();
            await().during(Duration.ofSeconds(12))
                    .atMost(Duration.ofSeconds(14))
                    .until(() -> counter.roundTrips() <= A_MINUTE * 12 / 60);
        }
    }
}
