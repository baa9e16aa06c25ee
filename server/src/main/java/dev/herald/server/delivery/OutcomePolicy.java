package dev.herald.server.delivery;

import dev.herald.server.mail.DeliveryOutcome;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;

/** Decides what an attempt's outcome means for its mail. Pure but for the back-off's jitter. */
final class OutcomePolicy {
    private final int maxRetries;
    private final BackoffPolicy backoff;
    private final Predicate<String> heldWhenUnknown;

    /**
     * A policy.
     *
     * @param heldWhenUnknown the kinds of mail that must not be sent again when the outcome is unknown
     */
    OutcomePolicy(int maxRetries, BackoffPolicy backoff, Predicate<String> heldWhenUnknown) {
        this.maxRetries = maxRetries;
        this.backoff = backoff;
        this.heldWhenUnknown = heldWhenUnknown;
    }

    /** The result of an attempt that reached a relay; {@code relay trouble} is the caller's matter. */
    DeliveryResult decide(Claim claim, DeliveryOutcome outcome, Attempt attempt, Instant now) {
        return switch (outcome.kind()) {
            case ACCEPTED -> new DeliveryResult.Sent(claim, now, attempt);
            case PERMANENT -> failed(claim, FailureReason.RECIPIENT_REJECTED, attempt);
            case SMTPUTF8_REQUIRED -> failed(claim, FailureReason.SMTPUTF8_REQUIRED, attempt);
            case UNKNOWN ->
                heldWhenUnknown.test(claim.kind())
                        ? failed(claim, FailureReason.OUTCOME_UNKNOWN, attempt)
                        : again(claim, FailureReason.OUTCOME_UNKNOWN, attempt);
            case TRANSIENT, CONNECTION_LOST -> again(claim, FailureReason.ATTEMPTS_EXHAUSTED, attempt);
            case RELAY_TROUBLE -> new DeliveryResult.SentBehind(claim, attempt);
        };
    }

    /** How the attempt is kept. */
    static AttemptOutcome attemptOutcome(DeliveryOutcome outcome) {
        return switch (outcome.kind()) {
            case ACCEPTED -> AttemptOutcome.ACCEPTED;
            case PERMANENT, SMTPUTF8_REQUIRED -> AttemptOutcome.PERMANENT;
            case UNKNOWN -> AttemptOutcome.UNKNOWN;
            case TRANSIENT, CONNECTION_LOST, RELAY_TROUBLE -> AttemptOutcome.TRANSIENT;
        };
    }

    private DeliveryResult again(Claim claim, FailureReason whenExhausted, Attempt attempt) {
        int made = claim.attempts() + 1;
        return made > maxRetries
                ? failed(claim, whenExhausted, attempt)
                : new DeliveryResult.Postponed(claim, backoff.after(made), attempt);
    }

    private static DeliveryResult failed(Claim claim, FailureReason reason, Attempt attempt) {
        return new DeliveryResult.Failed(claim, reason, attempt.reply(), Optional.of(attempt));
    }
}
