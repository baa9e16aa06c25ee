package dev.herald.server.notification;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import java.util.Map;

/** Refusals more than one use case of the room gives. */
final class SessionFaults {
    private SessionFaults() {}

    static HeraldException notFound(long sessionId) {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_SESSION_NOT_FOUND,
                "session " + sessionId + " not found; load it into the directory first",
                Map.of("session_id", Long.toString(sessionId)));
    }

    static HeraldException notificationNotFound(long emailId) {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_NOTIFICATION_NOT_FOUND,
                "notification " + emailId + " not found",
                Map.of("email_id", Long.toString(emailId)));
    }
}
