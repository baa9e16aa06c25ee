package dev.herald.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.RetryInfo;
import dev.herald.v1.ErrorReason;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The details of an error status (AIP-193), read leniently: what is absent or garbled counts as not said. */
final class ErrorDetails {
    private static final String DOMAIN = "herald.dev";

    private final List<Any> details;
    private final ErrorInfo info;

    private ErrorDetails(List<Any> details) {
        this.details = details;
        ErrorInfo found = find(ErrorInfo.class).orElse(ErrorInfo.getDefaultInstance());
        this.info = found.getDomain().equals(DOMAIN) ? found : ErrorInfo.getDefaultInstance();
    }

    static ErrorDetails of(Status status, @Nullable Metadata trailers) {
        return new ErrorDetails(trailers == null ? List.of() : details(status, trailers));
    }

    private static List<Any> details(Status status, Metadata trailers) {
        try {
            return StatusProto.fromStatusAndTrailers(status, trailers).getDetailsList();
        } catch (IllegalArgumentException e) {
            return List.of();
        }
    }

    /** The reason as it was sent, also one that this client doesn't know. */
    Optional<String> reasonName() {
        return Optional.of(info.getReason()).filter(name -> !name.isEmpty());
    }

    ErrorReason reason() {
        try {
            return ErrorReason.valueOf("ERROR_REASON_" + info.getReason());
        } catch (IllegalArgumentException e) {
            return ErrorReason.ERROR_REASON_UNSPECIFIED;
        }
    }

    Map<String, String> metadata() {
        return info.getMetadataMap();
    }

    List<FieldViolation> fieldViolations() {
        return find(BadRequest.class).orElse(BadRequest.getDefaultInstance()).getFieldViolationsList().stream()
                .map(FieldViolation::of)
                .collect(Collectors.toUnmodifiableList());
    }

    List<PreconditionViolation> preconditionViolations() {
        return find(PreconditionFailure.class)
                .orElse(PreconditionFailure.getDefaultInstance())
                .getViolationsList()
                .stream()
                .map(PreconditionViolation::of)
                .collect(Collectors.toUnmodifiableList());
    }

    Optional<Duration> retryAfter() {
        return find(RetryInfo.class)
                .map(RetryInfo::getRetryDelay)
                .map(delay -> Duration.ofSeconds(delay.getSeconds(), delay.getNanos()));
    }

    private <T extends Message> Optional<T> find(Class<T> type) {
        return details.stream().filter(detail -> detail.is(type)).findFirst().flatMap(detail -> unpack(detail, type));
    }

    private static <T extends Message> Optional<T> unpack(Any detail, Class<T> type) {
        try {
            return Optional.of(detail.unpack(type));
        } catch (InvalidProtocolBufferException e) {
            return Optional.empty();
        }
    }
}
