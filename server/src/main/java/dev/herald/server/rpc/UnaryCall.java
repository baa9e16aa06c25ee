package dev.herald.server.rpc;

import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/** Answers a call with what its work returns, or with what it throws. */
public final class UnaryCall {
    private UnaryCall() {}

    public static <T> void answer(StreamObserver<T> observer, Supplier<T> work) {
        T value;
        try {
            value = work.get();
        } catch (RuntimeException e) {
            observer.onError(e);
            return;
        }
        observer.onNext(value);
        observer.onCompleted();
    }
}
