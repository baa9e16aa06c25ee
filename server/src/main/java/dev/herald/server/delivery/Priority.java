package dev.herald.server.delivery;

import java.time.Duration;
import java.util.Locale;

/** How urgent a mail is. A lower class is as if it had been due so much later, so it ages and never starves. */
public enum Priority {
    HIGH(0, Duration.ZERO),
    NORMAL(1, Duration.ofSeconds(30)),
    LOW(2, Duration.ofMinutes(10));

    private final int level;
    private final Duration offset;

    Priority(int level, Duration offset) {
        this.level = level;
        this.offset = offset;
    }

    /** The priority stored as a level. */
    static Priority of(int level) {
        return values()[level];
    }

    /** How it is called. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** How it is stored; the lower, the more urgent. */
    int level() {
        return level;
    }

    long offsetMicros() {
        return offset.toNanos() / 1_000;
    }
}
