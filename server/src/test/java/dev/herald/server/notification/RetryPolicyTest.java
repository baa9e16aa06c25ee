package dev.herald.server.notification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.notification.ExpiryPolicy.Start;
import dev.herald.v1.FailureReason;
import dev.herald.v1.RetryOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RetryPolicyTest {
    private static final Instant NOW = Instant.parse("2031-03-01T08:00:00Z");
    private final ExpiryPolicy expiryPolicy = new ExpiryPolicy(Start.SESSION_START, Duration.ofMinutes(60));

    @Property(tries = 500)
    void decide_anyNotification_movesOnlyFailedOnesThatWereNotCancelled(
            @ForAll("candidates") RetryCandidate candidate, @ForAll boolean signable) {
        RetryPolicy.Decision decision = decide(candidate, signable);
        RetryOutcome outcome = decision.outcome();
        assertThat(outcome == RetryOutcome.RETRY_OUTCOME_ALREADY_SENT)
                .isEqualTo(candidate.status().equals("sent"));
        assertThat(outcome == RetryOutcome.RETRY_OUTCOME_NOT_FAILED)
                .isEqualTo(candidate.status().equals("pending"));
        assertThat(outcome == RetryOutcome.RETRY_OUTCOME_CANCELLED)
                .isEqualTo("cancelled".equals(candidate.failureReason()));
        if (outcome != RetryOutcome.RETRY_OUTCOME_RETRIED) {
            assertThat(decision.newExpiry()).isEmpty();
        }
    }

    @Property(tries = 500)
    void decide_failedNotification_keepsAGoodTokenAndReplacesOneOfNoUse(
            @ForAll("candidates") RetryCandidate candidate, @ForAll boolean signable) {
        if (!candidate.status().equals("failed") || "cancelled".equals(candidate.failureReason())) {
            return;
        }
        RetryPolicy.Decision decision = decide(candidate, signable);
        boolean good = signable && !candidate.tokenExpiresAt().isBefore(NOW.plusSeconds(120));
        Optional<Instant> possible = expiryPolicy.retryExpiry(candidate.sessionStart(), candidate.sessionEnd(), NOW);
        assertThat(decision.newExpiry()).isEqualTo(good ? Optional.empty() : possible);
        assertThat(decision.outcome())
                .isEqualTo(
                        good || possible.isPresent()
                                ? RetryOutcome.RETRY_OUTCOME_RETRIED
                                : RetryOutcome.RETRY_OUTCOME_SESSION_ENDED);
    }

    @Provide
    Arbitrary<RetryCandidate> candidates() {
        Arbitrary<Long> seconds = Arbitraries.longs().between(-8_000, 8_000);
        return Combinators.combine(
                        Arbitraries.of("sent", "pending", "failed"),
                        Arbitraries.of(FailureReason.class)
                                .filter(reason -> reason != FailureReason.UNRECOGNIZED
                                        && reason != FailureReason.FAILURE_REASON_UNSPECIFIED),
                        seconds,
                        seconds,
                        Arbitraries.longs().between(0, 8_000))
                .as((status, reason, expiry, start, length) -> new RetryCandidate(
                        1,
                        70,
                        5,
                        status,
                        status.equals("failed") ? NotificationWords.word(reason) : null,
                        "header.payload",
                        "jti",
                        NOW.plusSeconds(expiry),
                        NOW.plusSeconds(start),
                        NOW.plusSeconds(start + length),
                        false));
    }

    private RetryPolicy.Decision decide(RetryCandidate candidate, boolean signable) {
        return new RetryPolicy(expiryPolicy, token -> signable).decide(candidate, NOW);
    }
}
