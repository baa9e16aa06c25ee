package dev.herald.server.delivery;

/** Keeps account of the share of claims that mail of the lowest priority gets whatever stands before it: a tenth. For one thread. */
final class LowShare {
    private static final int OTHERS_FOR_EACH = 9;
    /** Collected to so many before they are asked for, so that the share costs few statements. */
    private static final int PORTION = 10;

    private int others;

    /** How many of a claim are for the lowest priority first. */
    int of(int limit) {
        int owed = others / OTHERS_FOR_EACH;
        return owed < Math.min(PORTION, limit) ? 0 : Math.min(owed, limit);
    }

    /** Notes what an ordinary claim took. */
    void claimed(int count) {
        others += count;
    }

    /** Notes what was taken for the share; when that was less than asked for, no such mail waits and nothing is owed. */
    void paid(int count, int asked) {
        others = count < asked ? 0 : others - count * OTHERS_FOR_EACH;
    }
}
