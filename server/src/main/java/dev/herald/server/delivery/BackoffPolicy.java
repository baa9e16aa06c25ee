package dev.herald.server.delivery;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to try again: after 60, 120, 240 s and so on, each ±20 %, so that what failed together doesn't come back together.
 * Pure but for the random numbers; thread-safe when their source is.
 */
final class BackoffPolicy {
    private static final Duration FIRST = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofHours(1);
    private static final double JITTER = 0.2;

    private final RandomGenerator random;

    BackoffPolicy(RandomGenerator random) {
        this.random = random;
    }

    /** The wait after a mail's nth attempt, counted from 1. */
    Duration after(int attempt) {
        long doubled = FIRST.toMillis() << Math.min(attempt - 1, 20);
        long base = Math.min(doubled, LONGEST.toMillis());
        return Duration.ofMillis(Math.round(base * (1 + JITTER * (2 * random.nextDouble() - 1))));
    }
}
