package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Callers of many names, in a time that the test moves. */
class CallerLimitsTest {
    private static final int MANY = 12_000;

    private final CallerLimits limits =
            new CallerLimits(1_000, (work, nanos) -> {}, new SimpleMeterRegistry(), new Time());
    private long now;

    private final class Time implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return now;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    }

    @Test
    void take_byMoreThanAreKept_forgetsThoseWhoAreQuiet() {
        call(MANY);
        assertThat(limits.remembered()).isEqualTo(MANY);
        now += Duration.ofSeconds(1).toNanos();
        call(1);
        assertThat(limits.remembered()).isOne();
    }

    /** Looking through all of them at each call would make every call as dear as there are callers. */
    @Test
    void take_byMoreThanAreKept_looksThroughThemOnceASecond() {
        call(MANY);
        now += Duration.ofMillis(990).toNanos();
        call(MANY);
        now += Duration.ofMillis(10).toNanos();
        call(1);
        assertThat(limits.remembered()).as("the second has passed").isOne();
        call(MANY);
        now += Duration.ofMillis(990).toNanos();
        call(1);
        assertThat(limits.remembered())
                .as("they are quiet, the second has not passed")
                .isEqualTo(MANY);
    }

    private void call(int callers) {
        IntStream.range(0, callers)
                .mapToObj(i -> new Caller("caller" + i, Set.of(Role.READER)))
                .forEach(caller -> assertThat(limits.take(caller)).isEmpty());
    }
}
