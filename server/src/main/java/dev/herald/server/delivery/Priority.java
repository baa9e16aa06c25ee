package dev.herald.server.delivery;

import java.time.Duration;

/** How urgent a mail is. A lower class is as if it had been due so much later, so it ages and never starves. */
public enum Priority {
    HIGH(Duration.ZERO),
    NORMAL(Duration.ofSeconds(30)),
    LOW(Duration.ofMinutes(10));

    private final Duration offset;

    Priority(Duration offset) {
        this.offset = offset;
    }

    long offsetMicros() {
        return offset.toNanos() / 1_000;
    }
}
