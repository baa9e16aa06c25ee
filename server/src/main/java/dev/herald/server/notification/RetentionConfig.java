package dev.herald.server.notification;

import dev.herald.server.config.SettingsReader;
import java.time.Duration;

/**
 * How long notifications are kept.
 *
 * @param age after their session's end; zero keeps them for ever
 */
public record RetentionConfig(Duration age) {
    private static final int DAYS_OF_A_CENTURY = 36_500;

    public static RetentionConfig from(SettingsReader settings) {
        return new RetentionConfig(Duration.ofDays(settings.integer("RETENTION_DAYS", 90, 0, DAYS_OF_A_CENTURY)));
    }
}
