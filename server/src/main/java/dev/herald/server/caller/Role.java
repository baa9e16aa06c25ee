package dev.herald.server.caller;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a caller may be. */
public enum Role {
    /** A session service: generates, cancels, follows delivery, feeds the directory. */
    SESSION,
    /** An attendance service: everything about tokens. */
    ATTENDANCE,
    /** Reads. */
    READER,
    /** Everything. */
    ADMIN;

    /** The word used in tokens and settings. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
