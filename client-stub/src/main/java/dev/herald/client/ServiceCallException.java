package dev.herald.client;

import dev.herald.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that Herald refused, or that didn't reach it. What to do is told by {@link #reason()}, whose values are explained
 * in the contract, and for one that is unknown or absent by {@link #code()}. The message holds code, reason and the server's
 * sentence; a token is never part of it.
 */
public final class ServiceCallException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Status.Code code;
    private final String description;
    private final transient ErrorDetails details;

    ServiceCallException(Status status, @Nullable Metadata trailers, Throwable cause) {
        this(status, ErrorDetails.of(status, trailers), cause);
    }

    private ServiceCallException(Status status, ErrorDetails details, Throwable cause) {
        super(message(status, details), cause);
        this.code = status.getCode();
        this.description = description(status);
        this.details = details;
    }

    /** The status, such as NOT_FOUND; UNAVAILABLE also when no server could be reached. */
    public Status.Code code() {
        return code;
    }

    /** The server's sentence alone, for people; empty when there is none. */
    public String description() {
        return description;
    }

    /** Why; ERROR_REASON_UNSPECIFIED when the server didn't say, or this client is too old to know the reason. */
    public ErrorReason reason() {
        return details.reason();
    }

    /** What the reason is about, such as {@code session_id}; empty when there is nothing. */
    public Map<String, String> metadata() {
        return details.metadata();
    }

    /** Every field that breaks a rule; empty unless the code is INVALID_ARGUMENT. */
    public List<FieldViolation> fieldViolations() {
        return details.fieldViolations();
    }

    /** Every condition that doesn't hold, such as a reference to nothing; empty unless the code is FAILED_PRECONDITION. */
    public List<PreconditionViolation> preconditionViolations() {
        return details.preconditionViolations();
    }

    /** How long the server asks to wait before another call. */
    public Optional<Duration> retryAfter() {
        return details.retryAfter();
    }

    private static String message(Status status, ErrorDetails details) {
        StringBuilder message = new StringBuilder(status.getCode().name());
        details.reasonName().ifPresent(name -> message.append(", ").append(name));
        String description = description(status);
        if (!description.isEmpty()) {
            message.append(": ").append(description);
        }
        Throwable cause = status.getCause();
        if (cause != null && status.getCode() == Status.Code.UNAVAILABLE) {
            message.append(" (").append(cause.getMessage()).append(')');
        }
        return message.toString();
    }

    private static String description(Status status) {
        String description = status.getDescription();
        return description == null ? "" : description.lines().findFirst().orElse("");
    }
}
