package dev.herald.server.notification;

import dev.herald.server.config.SettingsReader;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;

/**
 * What attendance mail says and how long its links live.
 *
 * @param attendanceUrl where links lead; the token is appended as a query parameter
 * @param expiry when links expire
 * @param timeZone the zone of sessions that name none
 */
public record NotificationConfig(String attendanceUrl, ExpiryPolicy expiry, ZoneId timeZone) {
    private static final int MINUTES_A_YEAR = 366 * 24 * 60;

    public static NotificationConfig from(SettingsReader settings) {
        String url = settings.required(
                "ATTENDANCE_URL", "the page that links lead to, such as https://attendance.example.org/mark");
        return new NotificationConfig(
                settings.parsed("ATTENDANCE_URL", url, url, NotificationConfig::webAddress),
                new ExpiryPolicy(
                        settings.choice("TOKEN_EXPIRY_POLICY", ExpiryPolicy.Start.SESSION_START),
                        Duration.ofMinutes(settings.integer("TOKEN_EXPIRY_MINUTES", 60, 1, MINUTES_A_YEAR))),
                settings.parsed(
                        "TIME_ZONE", settings.text("TIME_ZONE", "UTC"), ZoneId.of("UTC"), NotificationConfig::zone));
    }

    /** The link that carries a token. */
    String link(String token) {
        return attendanceUrl + (attendanceUrl.indexOf('?') < 0 ? "?" : "&") + "token=" + token;
    }

    private static String webAddress(String text) {
        // An absent setting has been noted already.
        if (text.isEmpty()) {
            return text;
        }
        if (!isWebAddress(text)) {
            throw new IllegalArgumentException("must be an http or https address with a host and without #fragment");
        }
        return text;
    }

    private static boolean isWebAddress(String text) {
        try {
            URI uri = new URI(text);
            boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
            return web && uri.getHost() != null && uri.getFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static ZoneId zone(String text) {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("must be an IANA time zone such as Asia/Kolkata", e);
        }
    }
}
