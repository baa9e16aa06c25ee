package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_RETRIED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_SESSION_ENDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.herald.client.NotificationClient;
import dev.herald.client.TokenClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.v1.Notification;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.TokenReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetriedTokenTest {
    private RetryScene scene;
    private HeraldFixture herald;
    private NotificationClient notifications;
    private TokenClient tokens;

    @BeforeEach
    void start() {
        scene = RetryScene.start();
        herald = scene.herald();
        notifications = scene.notifications();
        tokens = scene.tokens();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void retry_fewerThanTwoMinutesLeft_issuesANewTokenAndTheOldOneIsSuperseded() {
        scene.generate(1, Duration.ofMinutes(-18).minusSeconds(30));
        Delivered.failed(herald, "true");
        String before = Rows.token(herald, scene.emailOf(1));
        assertThat(tokens.validate(before).getValid()).isTrue();
        assertThat(RetryScene.outcomes(notifications.retryFailed(List.of(scene.emailOf(1)))))
                .containsValue(RETRY_OUTCOME_RETRIED);
        String after = Rows.token(herald, scene.emailOf(1));
        assertThat(tokens.validate(before).getReason()).isEqualTo(TokenReason.TOKEN_REASON_SUPERSEDED);
        assertThat(tokens.validate(after).getValid()).isTrue();
        Notification retried = notifications.get(scene.emailOf(1));
        assertThat(retried.getGeneration()).isEqualTo(2);
        assertThat(retried.getTokenExpiresAt()).isEqualTo(tokens.validate(after).getExpiresAt());
    }

    @Test
    void retry_tokenExpired_newOneLivesAsLongAsTokensDo() {
        scene.generate(1, Duration.ZERO, Duration.ofHours(3));
        Delivered.failed(herald, "true");
        String before = Rows.token(herald, scene.emailOf(1));
        herald.clock().advance(Duration.ofMinutes(25));
        Instant now = herald.clock().instant();
        notifications.retryFailed(List.of(scene.emailOf(1)));
        assertThat(tokens.validate(before).getReason()).isEqualTo(TokenReason.TOKEN_REASON_EXPIRED);
        assertThat(scene.expiry(scene.emailOf(1)))
                .isBetween(now.plusSeconds(19 * 60 + 58), now.plusSeconds(20 * 60 + 10));
    }

    @Test
    void retry_tokenExpiredShortlyBeforeTheEnd_newOneLivesUntilTheEnd() {
        Instant end = herald.clock().instant().plus(Duration.ofMinutes(35));
        scene.generate(1, Duration.ZERO, Duration.ofMinutes(35));
        Delivered.failed(herald, "true");
        herald.clock().advance(Duration.ofMinutes(30));
        notifications.retryFailed(List.of(scene.emailOf(1)));
        assertThat(scene.expiry(scene.emailOf(1))).isBetween(end.minusSeconds(2), end.plusSeconds(2));
    }

    @Test
    void retry_sessionEndedOrAboutTo_isSkippedAndChangesNothing() {
        scene.generate(1, Duration.ZERO, Duration.ofMinutes(30));
        Delivered.failed(herald, "true");
        List<String> before = Rows.texts(herald.url(), RetryScene.EVERYTHING);
        for (Duration advance : List.of(Duration.ofMinutes(28).plusSeconds(5), Duration.ofMinutes(5))) {
            herald.clock().advance(advance);
            RetryFailedNotificationsResponse answer = notifications.retryFailed(List.of(scene.emailOf(1)));
            assertThat(RetryScene.outcomes(answer))
                    .containsExactly(entry(scene.emailOf(1), RETRY_OUTCOME_SESSION_ENDED));
            assertThat(answer.getSkipped()).isEqualTo(1);
        }
        assertThat(Rows.texts(herald.url(), RetryScene.EVERYTHING)).isEqualTo(before);
    }

    @Test
    void retry_sessionMovedToLater_newTokenHasThePolicysExpiry() {
        scene.generate(1, Duration.ZERO, Duration.ofMinutes(30));
        Delivered.failed(herald, "true");
        herald.clock().advance(Duration.ofMinutes(40));
        Instant start = herald.clock().instant().plus(Duration.ofMinutes(10));
        herald.admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(SESSION_ID, start, start.plus(Duration.ofHours(1)))));
        notifications.retryFailed(List.of(scene.emailOf(1)));
        assertThat(scene.expiry(scene.emailOf(1)).getEpochSecond())
                .isEqualTo(start.plus(Duration.ofMinutes(20)).getEpochSecond());
    }

    @Test
    void retry_keyOfTheTokenWithdrawn_issuesANewOneUnderThePresentKey() {
        scene.generate(1, Duration.ZERO);
        Delivered.failed(herald, "true");
        long expiry = scene.expiry(scene.emailOf(1)).getEpochSecond();
        Map<String, String> rotated =
                Map.of("DELIVERY", "off", "TOKEN_EXPIRY_MINUTES", "20", "JWT_SECRET_KEY", "x1y2z3".repeat(8));
        try (HeraldFixture other = herald.another(rotated)) {
            other.admin().notifications().retryFailed(List.of(scene.emailOf(1)));
            Notification retried = other.admin().notifications().get(scene.emailOf(1));
            assertThat(retried.getGeneration()).isEqualTo(2);
            assertThat(retried.getTokenExpiresAt().getSeconds()).isEqualTo(expiry);
        }
    }
}
