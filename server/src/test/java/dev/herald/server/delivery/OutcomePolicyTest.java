package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.mail.DeliveryOutcome;
import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.mail.RelayReply;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OutcomePolicyTest {
    private static final Instant NOW = Instant.parse("2026-01-01T08:00:00Z");

    private final OutcomePolicy policy = new OutcomePolicy(3, new BackoffPolicy(new Random(1)), "once"::equals);

    @Test
    void decide_unknownOutcome_isSentAgain() {
        assertThat(decide("usual", 0, Kind.UNKNOWN)).isInstanceOf(DeliveryResult.Postponed.class);
    }

    @Test
    void decide_unknownOutcomeOfAKindThatMustNotComeTwice_isHeldAtOnce() {
        assertThat(decide("once", 0, Kind.UNKNOWN))
                .isInstanceOfSatisfying(
                        DeliveryResult.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(FailureReason.OUTCOME_UNKNOWN));
    }

    @Test
    void decide_transientFaultOfAKindThatMustNotComeTwice_isTriedAgain() {
        assertThat(decide("once", 0, Kind.TRANSIENT)).isInstanceOf(DeliveryResult.Postponed.class);
    }

    @Test
    void decide_lastRetryFails_saysWhatItFailedOf() {
        assertThat(decide("usual", 3, Kind.TRANSIENT))
                .isInstanceOfSatisfying(
                        DeliveryResult.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(FailureReason.ATTEMPTS_EXHAUSTED));
        assertThat(decide("usual", 3, Kind.UNKNOWN))
                .isInstanceOfSatisfying(
                        DeliveryResult.Failed.class,
                        failed -> assertThat(failed.reason()).isEqualTo(FailureReason.OUTCOME_UNKNOWN));
    }

    @Test
    void decide_relayTrouble_chargesNoAttempt() {
        assertThat(decide("usual", 3, Kind.RELAY_TROUBLE)).isInstanceOf(DeliveryResult.SentBehind.class);
    }

    private DeliveryResult decide(String kind, int attemptsBefore, Kind outcome) {
        Claim claim = new Claim(kind, 1, attemptsBefore, 1, false, 0, 1, null);
        Attempt attempt = new Attempt(NOW, "relay:25", 0, "", "reply", Duration.ofMillis(5), AttemptOutcome.UNKNOWN);
        return policy.decide(claim, new DeliveryOutcome(outcome, new RelayReply(0, "", "reply")), attempt, NOW);
    }
}
