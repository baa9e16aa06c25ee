package dev.herald.server.cli.remote;

import java.util.function.Function;

/** How many items to ask for at a time until a limit is reached. For one list. */
final class PageSizes {
    static final long DEFAULT = 100;
    private static final int LARGEST = 1_000;

    private long left;

    private PageSizes(long left) {
        this.left = left;
    }

    /**
     * Sizes up to a limit.
     *
     * @param limit 0 for none
     * @param wrong what to throw for a limit that is none
     */
    static PageSizes of(long limit, Function<String, ? extends RuntimeException> wrong) {
        if (limit < 0) {
            throw wrong.apply("--limit: must be 0 for all, or a positive whole number");
        }
        return new PageSizes(limit == 0 ? Long.MAX_VALUE : limit);
    }

    int next() {
        return (int) Math.min(LARGEST, left);
    }

    void got(int items) {
        left -= items;
    }

    boolean more() {
        return left > 0;
    }
}
