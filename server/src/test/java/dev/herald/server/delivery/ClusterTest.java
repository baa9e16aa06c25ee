package dev.herald.server.delivery;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterTest {
    @Test
    void twoServersOnOneDatabase_tenThousandMails_noneIsLostOrDoubled() {
        try (HeraldFixture first = HeraldFixture.start();
                HeraldFixture second = first.another(Map.of())) {
            first.loadCampus(10_000);
            first.admin().notifications().generateForSession(SESSION_ID);
            await().atMost(Duration.ofMinutes(2)).until(() -> first.number("SELECT count(*) FROM outbox") == 0);
            assertThat(first.relay().accepted()).isEqualTo(10_000);
            assertThat(first.relay().mails().stream().map(Received::messageId).distinct())
                    .hasSize(10_000);
            assertThat(first.number("SELECT count(*) FROM email_notifications WHERE status = 'sent'"))
                    .isEqualTo(10_000);
            assertThat(second.application().port()).isPositive();
        }
    }
}
