package dev.herald.server.error;

import dev.herald.v1.ErrorReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refusal that its caller is meant to see. The reason decides the status (see {@code rpc.Statuses}); the message tells the
 * caller what to do and never holds a token, an address or a secret. It has no stack trace: it reports no fault of ours.
 */
public final class HeraldException extends RuntimeException {
    private final ErrorReason reason;
    private final transient Map<String, String> metadata;
    private final transient List<FieldFault> faults;
    private final @Nullable Duration retryAfter;

    private HeraldException(
            ErrorReason reason,
            String message,
            Map<String, String> metadata,
            List<FieldFault> faults,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.reason = reason;
        this.metadata = Map.copyOf(metadata);
        this.faults = List.copyOf(faults);
        this.retryAfter = retryAfter;
    }

    public static HeraldException of(ErrorReason reason, String message, Map<String, String> metadata) {
        return new HeraldException(reason, message, metadata, List.of(), null, null);
    }

    public static HeraldException of(ErrorReason reason, String message) {
        return of(reason, message, Map.of());
    }

    /** All the fields that break a rule, at once. */
    public static HeraldException invalidFields(List<FieldFault> faults) {
        return of(ErrorReason.ERROR_REASON_INVALID_FIELD, faults);
    }

    /** A refusal because of particular fields or items, under its own reason. */
    public static HeraldException of(ErrorReason reason, List<FieldFault> faults) {
        return of(reason, Map.of(), faults);
    }

    /** The same with metadata. */
    public static HeraldException of(ErrorReason reason, Map<String, String> metadata, List<FieldFault> faults) {
        return new HeraldException(reason, FieldFault.sentence(faults), metadata, faults, null, null);
    }

    /** A refusal that may pass: the caller should come again after the delay. */
    public static HeraldException retryable(
            ErrorReason reason, String message, Duration retryAfter, @Nullable Throwable cause) {
        return new HeraldException(reason, message, Map.of(), List.of(), retryAfter, cause);
    }

    /** The same with metadata. */
    public static HeraldException retryable(
            ErrorReason reason, String message, Map<String, String> metadata, Duration retryAfter) {
        return new HeraldException(reason, message, metadata, List.of(), retryAfter, null);
    }

    public ErrorReason reason() {
        return reason;
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    public List<FieldFault> faults() {
        return faults;
    }

    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** What this exception tells the caller; never null, unlike {@link #getMessage()}. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
