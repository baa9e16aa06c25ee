package dev.herald.client;

import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;

/** A server's half of a stream that does one thing a request, and ends when the client does. */
record Answering<Q>(StreamObserver<?> answers, Consumer<Q> onRequest) implements StreamObserver<Q> {
    @Override
    public void onNext(Q request) {
        onRequest.accept(request);
    }

    @Override
    public void onError(Throwable cancelled) {
        // The client went; there is nobody to tell.
    }

    @Override
    public void onCompleted() {
        answers.onCompleted();
    }
}
