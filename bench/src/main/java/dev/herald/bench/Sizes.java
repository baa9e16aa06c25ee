package dev.herald.bench;

import java.time.Duration;
import java.util.List;

/**
 * How much each case does.
 *
 * @param small students of a lecture
 * @param medium students of the figures' table
 * @param large students of a campus
 * @param warmUps rounds of medium size before anything is measured
 * @param rounds rounds that are measured; their median counts
 * @param smallRounds the same for small sessions
 * @param baselineMails mails of one run of smtp-source
 * @param load how long calls are counted
 * @param idle how long an empty queue is watched
 * @param history how many delivered rows there are, in steps
 */
record Sizes(
        int small,
        int medium,
        int large,
        int warmUps,
        int rounds,
        int smallRounds,
        int baselineMails,
        Duration load,
        Duration idle,
        List<Integer> history) {
    static Sizes full() {
        return new Sizes(
                200,
                10_000,
                100_000,
                8,
                5,
                20,
                40_000,
                Duration.ofSeconds(3),
                Duration.ofSeconds(60),
                List.of(0, 1_000_000, 5_000_000));
    }

    /** Shows that everything works, not how fast. */
    static Sizes quick() {
        return new Sizes(
                20, 200, 400, 1, 1, 2, 500, Duration.ofMillis(500), Duration.ofSeconds(2), List.of(0, 1_000, 5_000));
    }
}
