package dev.herald.server.rpc;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** How every handler answers: the work's value, or the status of what it threw. */
public final class UnaryCall {
    private UnaryCall() {}

    /** Runs the work and answers with its value; whatever it throws becomes the status {@link Statuses} has for it. */
    public static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T value;
        try {
            value = work.get();
        } catch (RuntimeException | Error e) {
            refuse(observer, e);
            return;
        }
        observer.onNext(value);
        observer.onCompleted();
    }

    /** Ends a call with the status of a failure. */
    public static void refuse(StreamObserver<?> observer, Throwable failure) {
        observer.onError(Statuses.of(failure));
    }
}
