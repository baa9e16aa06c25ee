package dev.herald.server.delivery;

import dev.herald.server.config.SettingsReader;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * At what pace mail leaves, and how processes hear of new mail.
 *
 * @param wakeup how processes hear of mail that another queued
 * @param mailsPerSecond what a relay may be given by all processes together; empty for any number
 * @param domainsPerSecond the same for recipients' domains, in lower case; those not named aren't limited
 */
public record OrderConfig(WakeupBy wakeup, OptionalInt mailsPerSecond, Map<String, Integer> domainsPerSecond) {
    /** Nothing limited. */
    public static final OrderConfig USUAL = new OrderConfig(WakeupBy.NOTIFY, OptionalInt.empty(), Map.of());

    private static final int FASTEST = 100_000;
    private static final String DOMAINS = "must be like example.org=5,example.com=20: mails a second, at least 1";

    /** How processes hear of mail that another queued. */
    public enum WakeupBy {
        /** By LISTEN and NOTIFY, and by polling besides. */
        NOTIFY,
        /** By polling alone: for connection poolers that can't keep a LISTEN. */
        POLL
    }

    public OrderConfig {
        domainsPerSecond = Map.copyOf(domainsPerSecond);
    }

    static OrderConfig from(SettingsReader settings) {
        return new OrderConfig(
                settings.choice("DELIVERY_WAKEUP", WakeupBy.NOTIFY),
                settings.text("SMTP_RATE_LIMIT").isEmpty()
                        ? OptionalInt.empty()
                        : OptionalInt.of(settings.integer("SMTP_RATE_LIMIT", 1, 1, FASTEST)),
                settings.text("SMTP_DOMAIN_RATE_LIMITS")
                        .map(text -> settings.<Map<String, Integer>>parsed(
                                "SMTP_DOMAIN_RATE_LIMITS", text, Map.of(), OrderConfig::domains))
                        .orElse(Map.of()));
    }

    private static Map<String, Integer> domains(String text) {
        Map<String, Integer> domains = new HashMap<>();
        for (String pair : text.split(",", -1)) {
            String[] sides =
                    Arrays.stream(pair.split("=", -1)).map(String::strip).toArray(String[]::new);
            if (sides.length != 2 || sides[0].isEmpty() || !sides[1].matches("[1-9][0-9]{0,4}")) {
                throw new IllegalArgumentException(DOMAINS);
            }
            domains.put(sides[0].toLowerCase(Locale.ROOT), Integer.parseInt(sides[1]));
        }
        return domains;
    }
}
