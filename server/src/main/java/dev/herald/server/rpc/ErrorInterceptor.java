package dev.herald.server.rpc;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The outermost interceptor: whatever a handler or an interceptor throws becomes a status with ErrorInfo, and a status that
 * comes without one (made by grpc-java itself) gets one. UNKNOWN and INTERNAL never leave.
 */
final class ErrorInterceptor implements ServerInterceptor {
    private final BiConsumer<com.google.rpc.Status, String> refused;

    /**
     * An interceptor.
     *
     * @param refused hears of each refusal as the caller is told of it, and of which method
     */
    ErrorInterceptor(BiConsumer<com.google.rpc.Status, String> refused) {
        this.refused = refused;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ErrorInfoCall<Q, A> wrapped = new ErrorInfoCall<>(call);
        try {
            return new CatchingListener<>(next.startCall(wrapped, headers), wrapped);
        } catch (RuntimeException | Error e) {
            wrapped.closeWith(e);
            return new ServerCall.Listener<>() {};
        }
    }

    /** Answers may come from the handler's thread and the end from a timer's, so each waits for the other. */
    private final class ErrorInfoCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private volatile boolean closed;

        ErrorInfoCall(ServerCall<Q, A> call) {
            super(call);
        }

        void closeWith(Throwable failure) {
            StatusRuntimeException status = Statuses.of(failure);
            Metadata trailers = status.getTrailers();
            close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!closed) {
                super.sendHeaders(headers);
            }
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!closed) {
                super.sendMessage(message);
            }
        }

        @Override
        public synchronized void close(Status status, Metadata trailers) {
            if (closed) {
                return;
            }
            closed = true;
            if (status.isOk()) {
                super.close(status, trailers);
                return;
            }
            com.google.rpc.Status told = StatusProto.fromStatusAndTrailers(status, trailers);
            if (told.getDetailsCount() > 0) {
                tell(told);
                super.close(status, trailers);
                return;
            }
            StatusRuntimeException complete = Statuses.of(explain(status));
            Metadata made = complete.getTrailers();
            Metadata details = made == null ? new Metadata() : made;
            tell(StatusProto.fromStatusAndTrailers(complete.getStatus(), details));
            super.close(complete.getStatus(), details);
        }

        private void tell(com.google.rpc.Status refusal) {
            refused.accept(refusal, getMethodDescriptor().getFullMethodName());
        }

        private Throwable explain(Status status) {
            String text = status.getDescription() == null ? status.getCode().name() : status.getDescription();
            return switch (status.getCode()) {
                case UNIMPLEMENTED ->
                    HeraldException.of(
                            ErrorReason.ERROR_REASON_METHOD_NOT_FOUND,
                            text,
                            Map.of("method", getMethodDescriptor().getFullMethodName()));
                // Said of a unary call with no message or two of them: the caller's fault, not ours.
                case INTERNAL -> HeraldException.of(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, text);
                // Said of a health check.
                case NOT_FOUND -> HeraldException.of(ErrorReason.ERROR_REASON_SERVICE_NOT_FOUND, text);
                case INVALID_ARGUMENT -> HeraldException.of(ErrorReason.ERROR_REASON_MALFORMED_REQUEST, text);
                case DEADLINE_EXCEEDED -> HeraldException.of(ErrorReason.ERROR_REASON_DEADLINE_PASSED, text);
                // Said of messages that are too large; our own refusals say why themselves.
                case RESOURCE_EXHAUSTED -> HeraldException.of(ErrorReason.ERROR_REASON_REQUEST_TOO_LARGE, text);
                default -> status.asRuntimeException();
            };
        }
    }

    private static final class CatchingListener<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ErrorInfoCall<Q, ?> call;

        CatchingListener(ServerCall.Listener<Q> listener, ErrorInfoCall<Q, ?> call) {
            super(listener);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            guarded(() -> super.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            guarded(super::onHalfClose);
        }

        @Override
        public void onReady() {
            guarded(super::onReady);
        }

        /** What comes after a refusal is no business of the handler's any more. */
        private void guarded(Runnable step) {
            if (call.isClosed()) {
                return;
            }
            @Nullable Throwable failure = null;
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            if (failure != null) {
                call.closeWith(failure);
            }
        }
    }
}
