package dev.herald.server.notification;

import dev.herald.server.delivery.AttemptOutcome;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.FailureReason;
import java.util.Locale;

/** The words of the database and the enums of the contract, both ways. */
final class NotificationWords {
    private static final String STATUS = "DELIVERY_STATUS_";
    private static final String REASON = "FAILURE_REASON_";

    private NotificationWords() {}

    static DeliveryStatus status(String word) {
        return DeliveryStatus.valueOf(STATUS + word.toUpperCase(Locale.ROOT));
    }

    static String word(DeliveryStatus status) {
        return status.name().substring(STATUS.length()).toLowerCase(Locale.ROOT);
    }

    static FailureReason reason(String word) {
        return FailureReason.valueOf(REASON + word.toUpperCase(Locale.ROOT));
    }

    static String word(FailureReason reason) {
        return reason.name().substring(REASON.length()).toLowerCase(Locale.ROOT);
    }

    static dev.herald.v1.AttemptOutcome outcome(AttemptOutcome outcome) {
        return dev.herald.v1.AttemptOutcome.valueOf("ATTEMPT_OUTCOME_" + outcome.name());
    }
}
