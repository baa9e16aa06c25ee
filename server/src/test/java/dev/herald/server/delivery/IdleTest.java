package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RoundTripCounter;
import dev.herald.server.testing.TestDatabase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server with nothing to do asks of its database. */
class IdleTest {
    private static final int A_MINUTE = 150;

    /** Two at once, each with a database of its own, since both take their time. */
    @Test
    void database_queueIsEmpty_isAskedSeldomWhateverTheLease() {
        try (Idle patient = Idle.withLease("60");
                Idle hasty = Idle.withLease("2")) {
            patient.reset();
            hasty.reset();
            await().during(Duration.ofSeconds(12))
                    .atMost(Duration.ofSeconds(14))
                    .untilAsserted(() -> {
                        assertThat(patient.asked()).as("lease of 60 s").isLessThanOrEqualTo(A_MINUTE * 12 / 60);
                        assertThat(hasty.asked()).as("lease of 2 s").isLessThanOrEqualTo(A_MINUTE * 12 / 60);
                    });
        }
    }

    private record Idle(RoundTripCounter counter, HeraldFixture herald) implements AutoCloseable {
        static Idle withLease(String seconds) {
            String direct = TestDatabase.newDatabase();
            RoundTripCounter counter = RoundTripCounter.inFrontOf(direct);
            HeraldFixture herald =
                    HeraldFixture.start(Map.of("DATABASE_URL", counter.url(), "DELIVERY_LEASE_SECONDS", seconds));
            // The pool is full, and the listener is there too.
            await().until(() -> TestDatabase.number(
                            direct,
                            "SELECT count(*) FROM pg_stat_activity"
                                    + " WHERE datname = current_database() AND application_name = 'herald'")
                    == 11);
            return new Idle(counter, herald);
        }

        void reset() {
            counter.reset();
        }

        int asked() {
            return counter.roundTrips();
        }

        @Override
        public void close() {
            herald.close();
            counter.close();
        }
    }
}
