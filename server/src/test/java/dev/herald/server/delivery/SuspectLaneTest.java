package dev.herald.server.delivery;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SuspectLaneTest {
    /** A process that dies leaves up to 300 mails, each of which is then handled alone. */
    @Test
    void handle_asManyAsAProcessHeld_takesSeconds() {
        try (HeraldFixture queueing = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            queueing.loadCampus(300);
            queueing.admin().notifications().generateForSession(SESSION_ID);
            queueing.update("UPDATE outbox SET suspect = true");
            try (HeraldFixture delivering = queueing.another(Map.of())) {
                await().atMost(Duration.ofSeconds(12))
                        .until(() -> delivering.number("SELECT count(*) FROM outbox") == 0);
                assertThat(delivering.relay().mails().stream()
                                .map(Received::connection)
                                .distinct())
                        .as("connections, one after the other")
                        .hasSize(6);
            }
        }
    }
}
