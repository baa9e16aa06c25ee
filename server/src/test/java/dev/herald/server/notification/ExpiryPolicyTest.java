package dev.herald.server.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.notification.ExpiryPolicy.Start;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ExpiryPolicyTest {
    private static final Instant NOW = Instant.parse("2031-03-01T08:00:00Z");
    private static final Duration LEAST = Duration.ofMinutes(2);

    @Property(tries = 500)
    void retryExpiry_ofAnySession_isTheContracts(
            @ForAll Start start,
            @ForAll @IntRange(min = 1, max = 300) int lifeMinutes,
            @ForAll @IntRange(min = -20_000, max = 20_000) int startSeconds,
            @ForAll @IntRange(min = 0, max = 20_000) int lengthSeconds) {
        ExpiryPolicy policy = new ExpiryPolicy(start, Duration.ofMinutes(lifeMinutes));
        Instant begin = NOW.plusSeconds(startSeconds);
        Instant end = begin.plusSeconds(lengthSeconds);
        Instant planned = (start == Start.SESSION_START ? begin : end).plus(policy.life());
        Instant extended = NOW.plus(policy.life());
        Optional<Instant> expiry = policy.retryExpiry(begin, end, NOW);
        assertThat(policy.expiryOf(begin, end)).isEqualTo(planned);
        if (!planned.isBefore(NOW.plus(LEAST))) {
            assertThat(expiry).contains(planned);
        } else if (end.isBefore(NOW.plus(LEAST)) || extended.isBefore(NOW.plus(LEAST))) {
            assertThat(expiry).isEmpty();
        } else {
            assertThat(expiry).contains(end.isBefore(extended) ? end : extended);
        }
    }

    @Property(tries = 200)
    void retryExpiry_whenThereIsOne_leavesTwoMinutes(
            @ForAll Start start,
            @ForAll @IntRange(min = 1, max = 300) int lifeMinutes,
            @ForAll @IntRange(min = -20_000, max = 20_000) int startSeconds,
            @ForAll @IntRange(min = 0, max = 20_000) int lengthSeconds) {
        ExpiryPolicy policy = new ExpiryPolicy(start, Duration.ofMinutes(lifeMinutes));
        Instant begin = NOW.plusSeconds(startSeconds);
        policy.retryExpiry(begin, begin.plusSeconds(lengthSeconds), NOW)
                .ifPresent(expiry -> assertThat(expiry).isAfterOrEqualTo(NOW.plus(LEAST)));
    }

    @Property(tries = 200)
    void livesLongEnough_aroundTwoMinutes_isSoFromExactlyTwo(@ForAll @IntRange(min = -200, max = 200) int millis) {
        Instant expiry = NOW.plus(LEAST).plusMillis(millis);
        assertThat(ExpiryPolicy.livesLongEnough(expiry, NOW)).isEqualTo(millis >= 0);
    }

    @Test
    void expiryOf_sessionAtTheEndOfTime_isTheLastSecondATokenCanName() {
        Instant last = Instant.parse("9999-12-31T23:59:59Z");
        for (Start start : Start.values()) {
            ExpiryPolicy policy = new ExpiryPolicy(start, Duration.ofMinutes(60));
            assertThat(policy.expiryOf(last, last)).isEqualTo(last);
        }
    }
}
