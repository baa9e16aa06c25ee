package dev.herald.server.chaos;

/** Which form of the suite runs: all of it at full size with -Pchaos, or some of it, smaller, in the ordinary build. */
final class Size {
    /** The tag of what only -Pchaos runs. */
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
