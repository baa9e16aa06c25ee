package dev.herald.server.rpc;

import dev.herald.server.error.HeraldException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers a call with what its handler returns or throws. */
public final class UnaryCall {
    private UnaryCall() {}

    /** Runs the work and sends its value, or the status of its exception. */
    public static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T answer;
        try {
            answer = work.get();
        } catch (RuntimeException e) {
            observer.onError(status(e).asRuntimeException());
            return;
        }
        observer.onNext(answer);
        observer.onCompleted();
    }

    private static Status status(RuntimeException failure) {
        if (!(failure instanceof HeraldException refusal)) {
            return Status.UNAVAILABLE;
        }
        Status status = switch (refusal.reason()) {
            case ERROR_REASON_INVALID_FIELD -> Status.INVALID_ARGUMENT;
            case ERROR_REASON_SESSION_NOT_FOUND, ERROR_REASON_STUDENT_NOT_FOUND, ERROR_REASON_USER_NOT_FOUND ->
                Status.NOT_FOUND;
            case ERROR_REASON_REFERENCE_NOT_FOUND, ERROR_REASON_DIRECTORY_SHARED -> Status.FAILED_PRECONDITION;
            case ERROR_REASON_TRANSACTION_CONFLICT -> Status.ABORTED;
            default -> Status.UNAVAILABLE;
        };
        return status.withDescription(refusal.text());
    }
}
