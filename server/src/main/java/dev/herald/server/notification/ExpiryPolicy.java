package dev.herald.server.notification;

import dev.herald.server.directory.ClassSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** When links expire. Pure. */
public record ExpiryPolicy(Start start, Duration life) {
    /** A link that lives less than this isn't worth a mail. */
    static final Duration LEAST_LIFE = Duration.ofMinutes(2);

    /** The last second that tokens and timestamps can name. */
    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59Z");

    /** What a link's life is counted from. */
    public enum Start {
        /** The session's start. */
        SESSION_START,
        /** The session's end. */
        SESSION_END
    }

    /** The expiry of a session's links. */
    Instant expiryOf(Instant sessionStart, Instant sessionEnd) {
        Instant expiry = (start == Start.SESSION_START ? sessionStart : sessionEnd).plus(life);
        return expiry.isBefore(END_OF_TIME) ? expiry : END_OF_TIME;
    }

    Instant expiryOf(ClassSession session) {
        return expiryOf(session.timeCreated(), session.timeEnded());
    }

    /**
     * The expiry of a new link for a mail that is retried: the policy's if that leaves time, else as much as the session
     * allows; empty when that is too little.
     */
    Optional<Instant> retryExpiry(Instant sessionStart, Instant sessionEnd, Instant now) {
        Instant planned = expiryOf(sessionStart, sessionEnd);
        if (livesLongEnough(planned, now)) {
            return Optional.of(planned);
        }
        Instant extended = now.plus(life);
        Instant allowed = extended.isBefore(sessionEnd) ? extended : sessionEnd;
        return Optional.of(allowed).filter(expiry -> livesLongEnough(expiry, now));
    }

    static boolean livesLongEnough(Instant expiry, Instant now) {
        return !expiry.isBefore(now.plus(LEAST_LIFE));
    }
}
