package dev.herald.server.chaos;

import org.junit.jupiter.api.Tag;

/** Which form of the suite runs: {@code -Pchaos} runs all of it at full size, the ordinary build a small form of some. */
final class Size {
    /** The tag of what -Pchaos only runs; {@link Tag} the rest with nothing. */
    static final String FULL_ONLY = "chaos";

    private static final boolean FULL = Boolean.getBoolean("chaos.full");

    private Size() {}

    static boolean isFull() {
        return FULL;
    }

    static int of(int small, int full) {
        return FULL ? full : small;
    }
}
