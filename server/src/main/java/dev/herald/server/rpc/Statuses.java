package dev.herald.server.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.Durations;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.PreconditionFailure;
import com.google.rpc.RetryInfo;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The one place that turns exceptions into statuses with ErrorInfo (AIP-193). Thread-safe. */
public final class Statuses {
    /** The domain of every ErrorInfo. */
    public static final String DOMAIN = "herald.dev";

    private static final FaultLog FAULTS =
            new FaultLog(CompletableFuture.delayedExecutor(FaultLog.QUIET.toSeconds(), TimeUnit.SECONDS));
    private static final Set<Status.Code> UNSPEAKABLE = Set.of(Status.Code.UNKNOWN, Status.Code.INTERNAL);
    private static final Set<Status.Code> COME_AGAIN = Set.of(Status.Code.UNAVAILABLE, Status.Code.RESOURCE_EXHAUSTED);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int MOST_FAULT_BYTES = 3_500;
    private static final int LONGEST_MESSAGE = 600;
    private static final String PREFIX = "ERROR_REASON_";
    private static final Map<ErrorReason, Status.Code> CODES = codes();

    private Statuses() {}

    /** The status for anything a handler threw. What nobody foresaw is told as UNAVAILABLE, with the id it has in the log. */
    static StatusRuntimeException of(Throwable failure) {
        if (failure instanceof HeraldException refusal) {
            return of(refusal);
        }
        if (isMalformed(failure)) {
            return of(HeraldException.of(
                    ErrorReason.ERROR_REASON_MALFORMED_REQUEST,
                    "the bytes of the request are no message of the method's type"));
        }
        if (failure instanceof StatusRuntimeException status
                && !UNSPEAKABLE.contains(status.getStatus().getCode())) {
            return status;
        }
        return fault(failure);
    }

    /** Whether the bytes were no message, or could not be unpacked to one. */
    static boolean isMalformed(Throwable failure) {
        return failure.getCause() instanceof InvalidProtocolBufferException;
    }

    static StatusRuntimeException of(HeraldException refusal) {
        Status.Code code = code(refusal.reason());
        List<FieldFault> faults = thoseThatFit(refusal.faults());
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(cut(refusal.text()))
                .addDetails(Any.pack(errorInfo(refusal, faults.size())));
        if (!faults.isEmpty()) {
            status.addDetails(code == Status.Code.INVALID_ARGUMENT ? badRequest(faults) : precondition(faults));
        }
        Duration retryAfter = refusal.retryAfter() == null && COME_AGAIN.contains(code) ? SOON : refusal.retryAfter();
        if (retryAfter != null) {
            status.addDetails(retryInfo(retryAfter));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private static Any retryInfo(Duration retryAfter) {
        return Any.pack(RetryInfo.newBuilder()
                .setRetryDelay(Durations.fromMillis(retryAfter.toMillis()))
                .build());
    }

    /** Clients take 8 KiB of trailers, base64 and all; beyond that they would see no detail but a broken stream. */
    private static List<FieldFault> thoseThatFit(List<FieldFault> faults) {
        int bytes = 0;
        for (int i = 0; i < faults.size(); i++) {
            FieldFault fault = faults.get(i);
            bytes += fault.field().length()
                    + fault.reason().length()
                    + fault.description().length()
                    + 10;
            if (bytes > MOST_FAULT_BYTES) {
                return faults.subList(0, i);
            }
        }
        return faults;
    }

    private static String cut(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE - 1) + "…";
    }

    static Status.Code code(ErrorReason reason) {
        return CODES.getOrDefault(reason, Status.Code.UNAVAILABLE);
    }

    private static StatusRuntimeException fault(Throwable failure) {
        String id = FAULTS.note(failure);
        return of(HeraldException.of(
                ErrorReason.ERROR_REASON_SERVER_FAULT,
                "a fault of the server's own, in its log as " + id + "; call again",
                Map.of("fault_id", id)));
    }

    private static ErrorInfo errorInfo(HeraldException refusal, int faultsTold) {
        ErrorInfo.Builder info = ErrorInfo.newBuilder()
                .setDomain(DOMAIN)
                .setReason(refusal.reason().name().substring(PREFIX.length()))
                .putAllMetadata(refusal.metadata());
        if (faultsTold < refusal.faults().size()) {
            info.putMetadata("faults_in_all", Integer.toString(refusal.faults().size()));
        }
        return info.build();
    }

    private static Any badRequest(List<FieldFault> faults) {
        BadRequest.Builder detail = BadRequest.newBuilder();
        for (FieldFault fault : faults) {
            detail.addFieldViolationsBuilder()
                    .setField(fault.field())
                    .setReason(fault.reason())
                    .setDescription(fault.description());
        }
        return Any.pack(detail.build());
    }

    private static Any precondition(List<FieldFault> faults) {
        PreconditionFailure.Builder detail = PreconditionFailure.newBuilder();
        for (FieldFault fault : faults) {
            detail.addViolationsBuilder()
                    .setSubject(fault.field())
                    .setType(fault.reason())
                    .setDescription(fault.description());
        }
        return Any.pack(detail.build());
    }

    private static Map<ErrorReason, Status.Code> codes() {
        Map<ErrorReason, Status.Code> codes = new EnumMap<>(ErrorReason.class);
        codes.put(ErrorReason.ERROR_REASON_INVALID_FIELD, Status.Code.INVALID_ARGUMENT);
        codes.put(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, Status.Code.INVALID_ARGUMENT);
        codes.put(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND, Status.Code.NOT_FOUND);
        codes.put(ErrorReason.ERROR_REASON_NOTIFICATION_NOT_FOUND, Status.Code.NOT_FOUND);
        codes.put(ErrorReason.ERROR_REASON_STUDENT_NOT_FOUND, Status.Code.NOT_FOUND);
        codes.put(ErrorReason.ERROR_REASON_USER_NOT_FOUND, Status.Code.NOT_FOUND);
        codes.put(ErrorReason.ERROR_REASON_TOKEN_EXPIRY_IN_PAST, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_INVALID_TOKEN_EXPIRY, Status.Code.INVALID_ARGUMENT);
        codes.put(ErrorReason.ERROR_REASON_INVALID_TOKEN, Status.Code.INVALID_ARGUMENT);
        codes.put(ErrorReason.ERROR_REASON_EXPIRED_TOKEN, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID, Status.Code.INVALID_ARGUMENT);
        codes.put(ErrorReason.ERROR_REASON_REQUEST_ID_REUSED, Status.Code.INVALID_ARGUMENT);
        codes.put(ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_DIRECTORY_SHARED, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_TOKEN_GENERATION_FAILED, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_EMAIL_DELIVERY_FAILED, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_TEMPLATE_FAILED, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_TEST_EMAIL_NOT_ALLOWED, Status.Code.FAILED_PRECONDITION);
        codes.put(ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE, Status.Code.RESOURCE_EXHAUSTED);
        codes.put(ErrorReason.ERROR_REASON_SERVICE_NOT_FOUND, Status.Code.NOT_FOUND);
        codes.put(ErrorReason.ERROR_REASON_UNAUTHENTICATED_CALLER, Status.Code.UNAUTHENTICATED);
        codes.put(ErrorReason.ERROR_REASON_ROLE_REQUIRED, Status.Code.PERMISSION_DENIED);
        codes.put(ErrorReason.ERROR_REASON_RATE_LIMITED, Status.Code.RESOURCE_EXHAUSTED);
        codes.put(ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE, Status.Code.UNAVAILABLE);
        codes.put(ErrorReason.ERROR_REASON_SERVER_FAULT, Status.Code.UNAVAILABLE);
        codes.put(ErrorReason.ERROR_REASON_TRANSACTION_CONFLICT, Status.Code.ABORTED);
        codes.put(ErrorReason.ERROR_REASON_METHOD_NOT_FOUND, Status.Code.UNIMPLEMENTED);
        codes.put(ErrorReason.ERROR_REASON_DEADLINE_PASSED, Status.Code.DEADLINE_EXCEEDED);
        return codes;
    }
}
