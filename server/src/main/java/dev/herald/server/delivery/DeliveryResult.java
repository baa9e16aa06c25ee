package dev.herald.server.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What became of a claimed mail, still to be written down. */
sealed interface DeliveryResult {
    Claim claim();

    /** The attempt behind it, where one was made. */
    default Optional<Attempt> madeAttempt() {
        return Optional.empty();
    }

    /** A relay accepted it. */
    record Sent(Claim claim, Instant sentAt, Attempt attempt) implements DeliveryResult {
        @Override
        public Optional<Attempt> madeAttempt() {
            return Optional.of(attempt);
        }
    }

    /** To be tried again after the delay; the attempt is charged. */
    record Postponed(Claim claim, Duration delay, Attempt attempt) implements DeliveryResult {
        @Override
        public Optional<Attempt> madeAttempt() {
            return Optional.of(attempt);
        }
    }

    /** Given up. */
    record Failed(Claim claim, FailureReason reason, String detail, Optional<Attempt> attempt)
            implements DeliveryResult {
        @Override
        public Optional<Attempt> madeAttempt() {
            return attempt;
        }
    }

    /** Not handled: given back as it was, due at once. */
    record Released(Claim claim) implements DeliveryResult {}

    /** More than its recipient's domain may be sent now: given back uncharged, due after the delay. */
    record Deferred(Claim claim, Duration delay) implements DeliveryResult {}

    /** Met relay trouble: given back uncharged, but behind the others, lest the trouble be with this mail alone. */
    record SentBehind(Claim claim, Attempt attempt) implements DeliveryResult {
        @Override
        public Optional<Attempt> madeAttempt() {
            return Optional.of(attempt);
        }
    }

    /** There is nothing to deliver any more. */
    record Dropped(Claim claim) implements DeliveryResult {}
}
