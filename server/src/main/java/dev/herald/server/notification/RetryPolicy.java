package dev.herald.server.notification;

import dev.herald.v1.RetryOutcome;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** Decides what a retry does with one notification. Pure. */
final class RetryPolicy {
    private final ExpiryPolicy expiryPolicy;
    private final Predicate<String> signable;

    /**
     * A policy.
     *
     * @param signable whether the key of a stored signing input is still in the ring
     */
    RetryPolicy(ExpiryPolicy expiryPolicy, Predicate<String> signable) {
        this.expiryPolicy = expiryPolicy;
        this.signable = signable;
    }

    /**
     * What to do.
     *
     * @param newExpiry the expiry of the new token, where the old one is of no more use
     */
    record Decision(RetryOutcome outcome, Optional<Instant> newExpiry) {}

    Decision decide(RetryCandidate candidate, Instant now) {
        if (candidate.status().equals("sent")) {
            return skip(RetryOutcome.RETRY_OUTCOME_ALREADY_SENT);
        }
        if (candidate.status().equals("pending")) {
            return skip(RetryOutcome.RETRY_OUTCOME_NOT_FAILED);
        }
        if ("cancelled".equals(candidate.failureReason())) {
            return skip(RetryOutcome.RETRY_OUTCOME_CANCELLED);
        }
        if (!candidate.tokenSpent()
                && ExpiryPolicy.livesLongEnough(candidate.tokenExpiresAt(), now)
                && signable.test(candidate.token())) {
            return new Decision(RetryOutcome.RETRY_OUTCOME_RETRIED, Optional.empty());
        }
        return expiryPolicy
                .retryExpiry(candidate.sessionStart(), candidate.sessionEnd(), now)
                .map(expiry -> new Decision(RetryOutcome.RETRY_OUTCOME_RETRIED, Optional.of(expiry)))
                .orElseGet(() -> skip(RetryOutcome.RETRY_OUTCOME_SESSION_ENDED));
    }

    private static Decision skip(RetryOutcome outcome) {
        return new Decision(outcome, Optional.empty());
    }
}
