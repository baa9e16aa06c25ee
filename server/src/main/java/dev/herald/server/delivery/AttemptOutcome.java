package dev.herald.server.delivery;

import java.util.Locale;

/** How one attempt ended; the words stored in delivery_attempts.outcome. */
public enum AttemptOutcome {
    ACCEPTED,
    TRANSIENT,
    PERMANENT,
    UNKNOWN;

    /** How it is stored. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
