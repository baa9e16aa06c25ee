package dev.herald.server.chaos;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Http;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Database and relay both stop answering, with mail on its way. */
@Tag("measured")
class FrozenProbesTest {
    private final String url = TestDatabase.newDatabase();
    private final URI server = URI.create(url.substring("jdbc:".length()));

    @Test
    void probesAndMetrics_databaseAndRelayFrozen_areAnsweredAtOnce() {
        try (ScriptedSmtpServer smtp = ScriptedSmtpServer.start();
                ChaosProxy database = ChaosProxy.to(server.getPort());
                ChaosProxy relay = ChaosProxy.to(smtp.port());
                HeraldFixture herald = HeraldFixture.start(Map.of(
                        "DATABASE_URL", url.replace(":" + server.getPort(), ":" + database.port()),
                        "EMAIL_PORT", Integer.toString(relay.port())))) {
            int port = herald.application().telemetry().port().orElseThrow();
            HeraldClient admin = herald.admin();
            load(admin, herald);
            assertThat(Http.get(port, "/metrics").body()).contains("state=\"due\"} 0.0");
            relay.freeze();
            admin.notifications().generateForSession(SESSION_ID);
            await().until(() -> TestDatabase.number(url, "SELECT count(lease_until) FROM outbox") == 1);
            database.freeze();
            for (int i = 0; i < 10; i++) {
                assertThat(time(() -> assertThat(Http.get(port, "/livez").statusCode())
                                .isEqualTo(200)))
                        .isLessThan(Duration.ofMillis(500));
                assertThat(Http.get(port, "/readyz").statusCode()).isEqualTo(200);
                assertThat(time(() ->
                                assertThat(Http.get(port, "/metrics").body()).contains("herald_queue_seen_age")))
                        .isLessThan(Duration.ofSeconds(1));
            }
            database.thaw();
            relay.thaw();
            await().until(() -> smtp.mails().size() == 1);
        }
    }

    private static void load(HeraldClient admin, HeraldFixture herald) {
        var start = herald.clock().instant();
        admin.directory().upsertCourses(List.of(HeraldFixture.course()));
        admin.directory().upsertUsers(List.of(HeraldFixture.user(1, "student1@campus.example")));
        admin.directory().upsertStudents(List.of(HeraldFixture.student(1)));
        admin.directory()
                .upsertSessions(List.of(HeraldFixture.session(SESSION_ID, start, start.plus(Duration.ofHours(1)))));
    }

    private static Duration time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
