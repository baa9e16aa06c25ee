package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffPolicyTest {
    @Property(tries = 200)
    void after_anyAttempt_doublesFromAMinuteToAnHourWithinTwentyPercent(
            @ForAll @IntRange(min = 1, max = 1_000) int attempt, @ForAll long seed) {
        Duration wait = new BackoffPolicy(new Random(seed)).after(attempt);
        double planned = Math.min(60.0 * Math.pow(2, attempt - 1), 3600);
        assertThat(wait.toMillis() / 1000.0).isBetween(planned * 0.8 - 0.001, planned * 1.2 + 0.001);
    }
}
