package dev.herald.server.delivery;

import dev.herald.server.config.SettingsReader;
import java.time.Duration;

/**
 * How this process delivers.
 *
 * @param on whether it delivers at all, or only serves calls
 * @param lease how long a mail is held without a heartbeat
 * @param maxRetries how often a mail is tried again after its first attempt
 * @param connections how many connections to hold to relays
 * @param mailsPerConnection after how many mails a connection is closed
 * @param order at what pace mail leaves
 */
public record DeliveryConfig(
        boolean on, Duration lease, int maxRetries, int connections, int mailsPerConnection, OrderConfig order) {
    public static DeliveryConfig from(SettingsReader settings) {
        return new DeliveryConfig(
                settings.toggle("DELIVERY", true),
                Duration.ofSeconds(settings.integer("DELIVERY_LEASE_SECONDS", 60, 2, 3600)),
                settings.integer("DELIVERY_MAX_RETRIES", 3, 0, 20),
                settings.integer("SMTP_CONNECTIONS", 8, 1, 512),
                settings.integer("SMTP_MAILS_PER_CONNECTION", 50, 1, 100_000),
                OrderConfig.from(settings));
    }
}
