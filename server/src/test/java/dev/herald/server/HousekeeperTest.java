package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.notification.RetentionConfig;
import dev.herald.server.notification.RetentionPurger;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.token.TokenStateRepository;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

class HousekeeperTest {
    @Test
    void clean_moreThanABatchOfEverything_goesOnUntilNothingIsLeft() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            herald.loadCampus(1_500);
            herald.admin().notifications().generateForSession(HeraldFixture.SESSION_ID);
            herald.update("UPDATE email_notifications SET status = 'sent', sent_at = now()");
            herald.update("DELETE FROM outbox");
            herald.update("INSERT INTO token_states (jti, state, expires_at)"
                    + " SELECT 'jti' || n, 'revoked', now() - interval '1 hour' FROM generate_series(1, 20500) AS n");
            herald.update("INSERT INTO request_results (method, request_id, payload_hash, created_at)"
                    + " SELECT 'M', n::text, '', now() - interval '25 hours' FROM generate_series(1, 10) AS n");
            herald.clock().advance(Duration.ofDays(31));
            clean(herald);
            assertThat(herald.number("SELECT count(*) FROM request_results")).isZero();
        }
    }

    private static void clean(HeraldFixture herald) {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try (Housekeeper housekeeper = new Housekeeper(
                herald.application().database().transactions(),
                new TokenStateRepository(),
                new RequestLedger(),
                new RetentionPurger(new RetentionConfig(Duration.ofDays(30)), herald.clock()),
                timer,
                pool)) {
            housekeeper.clean();
            await().until(() -> herald.number("SELECT count(*) FROM email_notifications") == 0);
            await().until(() -> herald.number("SELECT count(*) FROM token_states WHERE expires_at < now()") == 0);
            await().until(() -> herald.number("SELECT count(*) FROM request_results") == 0);
        } finally {
            timer.shutdownNow();
            pool.shutdownNow();
        }
    }
}
