package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.notification.RetentionConfig;
import dev.herald.server.notification.RetentionPurger;
import dev.herald.server.persistence.Database;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.SettableClock;
import dev.herald.server.testing.TestDatabase;
import dev.herald.server.token.TokenStateRepository;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HousekeeperTest {
    private static final String EXPIRED_STATES = "INSERT INTO token_states (jti, state, expires_at)"
            + " SELECT 'jti' || n, 'revoked', now() - interval '1 hour' FROM generate_series(1, 20500) AS n";

    @Test
    void clean_moreThanABatchOfEverything_goesOnUntilNothingIsLeft() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            herald.loadCampus(1_500);
            herald.admin().notifications().generateForSession(HeraldFixture.SESSION_ID);
            herald.update("UPDATE email_notifications SET status = 'sent', sent_at = now()");
            herald.update("DELETE FROM outbox");
            herald.update(EXPIRED_STATES);
            herald.update("INSERT INTO request_results (method, request_id, payload_hash, created_at)"
                    + " SELECT 'M', n::text, '', now() - interval '25 hours' FROM generate_series(1, 10) AS n");
            herald.clock().advance(Duration.ofDays(31));
            clean(herald);
        }
    }

    @Test
    void clean_oneChoreCannot_isCountedAndTheOthersGoOn() {
        MeterRegistry meters = new SimpleMeterRegistry();
        Threads threads = new Threads(5);
        try (Database database = TestDatabase.open();
                Housekeeper housekeeper = housekeeper(database, new SettableClock(), threads, meters)) {
            TestDatabase.update(database.url(), EXPIRED_STATES);
            TestDatabase.update(database.url(), "ALTER TABLE request_results RENAME TO elsewhere");
            await().until(() -> age(meters, "answers") > 0.1 && age(meters, "token_states") > 0.1);
            double before = age(meters, "answers");
            housekeeper.clean();
            await().until(() -> counted(meters, "failures", "answers") == 1);
            await().until(() -> counted(meters, "deleted", "token_states") == 20_500);
            assertThat(age(meters, "token_states")).isLessThan(age(meters, "answers"));
            assertThat(age(meters, "answers")).isGreaterThan(before);
            assertThat(counted(meters, "failures", "token_states")).isZero();
        } finally {
            threads.close();
        }
    }

    private static void clean(HeraldFixture herald) {
        Threads threads = new Threads(5);
        Database database = herald.application().database();
        try (Housekeeper housekeeper = housekeeper(database, herald.clock(), threads, new SimpleMeterRegistry())) {
            housekeeper.clean();
            await().until(() -> herald.number("SELECT count(*) FROM email_notifications") == 0);
            await().until(() -> herald.number("SELECT count(*) FROM token_states WHERE expires_at < now()") == 0);
            await().until(() -> herald.number("SELECT count(*) FROM request_results") == 0);
        } finally {
            threads.close();
        }
    }

    private static Housekeeper housekeeper(Database database, Clock clock, Threads threads, MeterRegistry meters) {
        return new Housekeeper(
                database.transactions(),
                new TokenStateRepository(),
                new RequestLedger(),
                new RetentionPurger(new RetentionConfig(Duration.ofDays(30)), clock),
                threads,
                meters);
    }

    private static double counted(MeterRegistry meters, String what, String kind) {
        return meters.get("herald.housekeeping." + what)
                .tag("kind", kind)
                .counter()
                .count();
    }

    private static double age(MeterRegistry meters, String kind) {
        return meters.get("herald.housekeeping.success.age")
                .tag("kind", kind)
                .gauge()
                .value();
    }
}
