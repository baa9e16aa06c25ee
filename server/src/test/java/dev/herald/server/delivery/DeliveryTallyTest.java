package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeliveryTallyTest {
    private static final Claim CLAIM = new Claim("attendance", 1, 0, 1, false, 0, 1, null);
    private static final DeliveryResult SENT = new DeliveryResult.Sent(
            CLAIM,
            Instant.EPOCH,
            new Attempt(Instant.EPOCH, "r", 250, "", "ok", Duration.ZERO, AttemptOutcome.ACCEPTED));
    private static final DeliveryResult FAILED =
            new DeliveryResult.Failed(CLAIM, FailureReason.POISON, "", Optional.empty());

    private final AtomicLong nanos = new AtomicLong(-Duration.ofHours(1).toNanos());
    private final DeliveryTally tally = new DeliveryTally(nanos::get);

    @Test
    void lastMinute_nothingCounted_isZero() {
        assertThat(tally.lastMinute()).isEqualTo(new DeliveryTally.Counts(0, 0));
    }

    @Test
    void lastMinute_resultsOfTwoMinutes_areThoseOfTheLast() {
        for (int second = 0; second < 120; second++) {
            tally.add(Collections.nCopies(10, SENT));
            tally.add(List.of(FAILED, new DeliveryResult.Released(CLAIM)));
            if (second < 119) {
                nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            }
        }
        assertThat(tally.lastMinute()).isEqualTo(new DeliveryTally.Counts(600, 60));
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(tally.lastMinute()).isEqualTo(new DeliveryTally.Counts(300, 30));
        nanos.addAndGet(Duration.ofSeconds(30).toNanos());
        assertThat(tally.lastMinute()).isEqualTo(new DeliveryTally.Counts(0, 0));
    }
}
