package dev.herald.server.delivery;

import java.util.Locale;

/** Why a mail was given up; the words stored in failure_reason, and FailureReason of the contract. */
public enum FailureReason {
    RECIPIENT_REJECTED,
    RECIPIENT_INVALID,
    RECIPIENT_INACTIVE,
    TOKEN_EXPIRED,
    TEMPLATE_ERROR,
    ATTEMPTS_EXHAUSTED,
    OUTCOME_UNKNOWN,
    POISON,
    SMTPUTF8_REQUIRED,
    SUPPRESSED,
    CANCELLED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** How it is stored. */
    public String word() {
        return word;
    }

    /**
     * The reason a stored word stands for.
     *
     * @throws IllegalArgumentException for a word of a newer version
     */
    public static FailureReason of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
