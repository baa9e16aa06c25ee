package dev.herald.server.delivery;

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
        try (RoundTripCounter counter = RoundTripCounter.inFrontOf(TestDatabase.newDatabase());
                HeraldFixture idle =
                        HeraldFixture.start(Map.of("DATABASE_URL", counter.url(), "DELIVERY_LEASE_SECONDS", lease))) {
            // The pool fills up, and listening begins.
            await().during(Duration.ofSeconds(1)).until(() -> counter.roundTrips() > 0);
            counter.reset();
            await().during(Duration.ofSeconds(12))
                    .atMost(Duration.ofSeconds(14))
                    .until(() -> counter.roundTrips() <= A_MINUTE * 12 / 60);
        }
    }
}
