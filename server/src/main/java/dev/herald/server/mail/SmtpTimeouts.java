package dev.herald.server.mail;

import java.time.Duration;

/**
 * How long a relay may take.
 *
 * @param connect until it accepts the connection
 * @param read for each answer
 * @param write until it has taken in what is written to it in one go
 * @param attempt for a whole mail, or for connecting up to the login's end, however it dribbles
 */
public record SmtpTimeouts(Duration connect, Duration read, Duration write, Duration attempt) {
    public static final SmtpTimeouts DEFAULT = new SmtpTimeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(180));
}
