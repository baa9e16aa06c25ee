package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RelayBreakerTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RelayBreaker breaker = new RelayBreaker(nanos::get, new Random(1));

    @Test
    void permits_noTrouble_areUnlimited() {
        assertThat(breaker.permits()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void trouble_first_opensAndPermitsNothing() {
        assertThat(breaker.trouble()).isTrue();
        assertThat(breaker.permits()).isZero();
    }

    @Test
    void trouble_whileOpen_isTheSameTrouble() {
        breaker.trouble();
        assertThat(breaker.trouble()).isFalse();
        pass(Duration.ofMillis(1_001));
        assertThat(breaker.permits()).isEqualTo(1);
    }

    @Test
    void permits_pauseOver_oneProbe() {
        breaker.trouble();
        pass(Duration.ofSeconds(1));
        assertThat(breaker.permits()).isEqualTo(1);
    }

    @Test
    void trouble_ofEachProbe_doublesThePauseUpToHalfAMinute() {
        breaker.trouble();
        for (int probe = 0; probe < 20; probe++) {
            pass(Duration.ofSeconds(31));
            assertThat(breaker.permits()).isEqualTo(1);
            breaker.trouble();
        }
        pass(Duration.ofSeconds(20));
        assertThat(breaker.permits()).isZero();
        pass(Duration.ofSeconds(10));
        assertThat(breaker.permits()).isEqualTo(1);
    }

    @Test
    void success_afterTrouble_closes() {
        breaker.trouble();
        assertThat(breaker.success()).isTrue();
        assertThat(breaker.success()).isFalse();
        assertThat(breaker.permits()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void admit_closed_admitsEverybody() {
        assertThat(breaker.admit()).isTrue();
        assertThat(breaker.admit()).isTrue();
    }

    @Test
    void admit_halfOpen_admitsOneUntilItTellsHowItWent() {
        breaker.trouble();
        assertThat(breaker.admit()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(breaker.wantsProbe()).isTrue();
        assertThat(breaker.admit()).isTrue();
        assertThat(breaker.wantsProbe()).isFalse();
        assertThat(breaker.admit()).isFalse();
        breaker.success();
        assertThat(breaker.admit()).isTrue();
    }

    @Test
    void admit_probeThatNeverTells_isFollowedByAnother() {
        breaker.trouble();
        pass(Duration.ofSeconds(1));
        assertThat(breaker.admit()).isTrue();
        pass(Duration.ofSeconds(30));
        assertThat(breaker.admit()).isTrue();
    }

    @Test
    void undecided_probeThatSaysNothingOfTheRelay_isFollowedByAnotherAfterAPause() {
        breaker.trouble();
        pass(Duration.ofSeconds(1));
        assertThat(breaker.permits()).isEqualTo(1);
        assertThat(breaker.admit()).isTrue();
        assertThat(breaker.permits()).as("while probing").isZero();
        breaker.undecided();
        assertThat(breaker.wantsProbe()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(breaker.permits()).isEqualTo(1);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
