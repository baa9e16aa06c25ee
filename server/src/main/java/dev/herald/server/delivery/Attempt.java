package dev.herald.server.delivery;

import java.time.Duration;
import java.time.Instant;

/** One attempt to hand a mail to a relay, as it is kept for support. The reply is cut, cleaned and masked already. */
record Attempt(
        Instant attemptedAt,
        String relay,
        int smtpCode,
        String enhancedCode,
        String reply,
        Duration duration,
        AttemptOutcome outcome) {}
