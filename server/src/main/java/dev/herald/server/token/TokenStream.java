package dev.herald.server.token;

import dev.herald.server.rpc.UnaryCall;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One stream of validations, answered in order: the next request is asked for when the one before is answered and its reader
 * keeps up. Requests come from the network's thread, answers from any.
 */
final class TokenStream implements StreamObserver<ValidateTokenRequest> {
    private final ServerCallStreamObserver<ValidateTokenResponse> call;
    private final Validation validation;
    private boolean answering;
    private boolean waitingForReader;
    private boolean allReceived;
    private boolean closed;

    /** Hands the answer's making to the consumer, now or later, on any thread. */
    @FunctionalInterface
    interface Validation {
        void begin(ValidateTokenRequest request, Consumer<Supplier<ValidateTokenResponse>> answer);
    }

    private TokenStream(ServerCallStreamObserver<ValidateTokenResponse> call, Validation validation) {
        this.call = call;
        this.validation = validation;
    }

    static TokenStream open(ServerCallStreamObserver<ValidateTokenResponse> call, Validation validation) {
        TokenStream stream = new TokenStream(call, validation);
        call.disableAutoRequest();
        call.setOnReadyHandler(stream::readerIsReady);
        call.setOnCancelHandler(stream::close);
        call.request(1);
        return stream;
    }

    @Override
    public void onNext(ValidateTokenRequest request) {
        synchronized (this) {
            answering = true;
        }
        validation.begin(request, this::answer);
    }

    @Override
    public void onError(Throwable cancelled) {
        close();
    }

    @Override
    public synchronized void onCompleted() {
        allReceived = true;
        completeWhenDone();
    }

    private void answer(Supplier<ValidateTokenResponse> work) {
        try {
            send(work.get());
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private synchronized void send(ValidateTokenResponse response) {
        answering = false;
        if (closed) {
            return;
        }
        call.onNext(response);
        completeWhenDone();
        if (!closed) {
            askForMore();
        }
    }

    private synchronized void fail(RuntimeException e) {
        if (!closed) {
            closed = true;
            UnaryCall.answer(call, () -> {
                throw e;
            });
        }
    }

    private synchronized void readerIsReady() {
        if (waitingForReader && !closed) {
            waitingForReader = false;
            call.request(1);
        }
    }

    private synchronized void close() {
        closed = true;
    }

    private void askForMore() {
        if (call.isReady()) {
            call.request(1);
        } else {
            waitingForReader = true;
        }
    }

    private void completeWhenDone() {
        if (allReceived && !answering && !closed) {
            closed = true;
            call.onCompleted();
        }
    }
}
