package dev.herald.server.rpc;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes calls from the network's threads to a pool, and turns them away when too many wait for it: what is refused before never
 * waits, and what waits is bounded. Stands where messages are still bytes.
 */
final class PooledCalls implements ServerInterceptor {
    private static final Duration COME_AGAIN = Duration.ofSeconds(1);

    private final Executor pool;
    private final WaitingRoom waiting;

    PooledCalls(Executor pool, int mostWaiting) {
        this.pool = pool;
        this.waiting = new WaitingRoom(mostWaiting);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!waiting.enter()) {
            throw HeraldException.retryable(
                    ErrorReason.ERROR_REASON_RATE_LIMITED, "too many calls at once; wait", COME_AGAIN, null);
        }
        Relay<Q> relay = new Relay<>(Context.current(), MoreExecutors.newSequentialExecutor(pool));
        relay.later(() -> {
            waiting.leave();
            // Who waited for longer than the caller did must not begin any more.
            if (!Context.current().isCancelled()) {
                relay.handler = next.startCall(call, headers);
            }
        });
        return relay;
    }

    /** Hands on what happens to a call, in order, on the pool. */
    private static final class Relay<Q> extends ServerCall.Listener<Q> {
        private final Context context;
        /** The call's span, where there is one. */
        private final io.opentelemetry.context.Context trace = io.opentelemetry.context.Context.current();

        private final Executor inOrder;
        /** Null when the call ended before it began. Touched by what {@code inOrder} runs alone. */
        private ServerCall.@Nullable Listener<Q> handler;

        Relay(Context context, Executor inOrder) {
            this.context = context;
            this.inOrder = inOrder;
        }

        @Override
        public void onMessage(Q message) {
            Q kept = kept(message);
            tell(listener -> listener.onMessage(kept));
        }

        @Override
        public void onHalfClose() {
            tell(ServerCall.Listener::onHalfClose);
        }

        @Override
        public void onCancel() {
            tell(ServerCall.Listener::onCancel);
        }

        @Override
        public void onComplete() {
            tell(ServerCall.Listener::onComplete);
        }

        @Override
        public void onReady() {
            tell(ServerCall.Listener::onReady);
        }

        void later(Runnable step) {
            inOrder.execute(context.wrap(trace.wrap(step)));
        }

        private void tell(Consumer<ServerCall.Listener<Q>> news) {
            later(() -> {
                if (handler != null) {
                    news.accept(handler);
                }
            });
        }

        /** The network takes a stream's bytes back as soon as it has been shown. */
        @SuppressWarnings("unchecked") // A stream of bytes in place of a stream of bytes.
        private static <Q> Q kept(Q message) {
            if (!(message instanceof InputStream bytes)) {
                return message;
            }
            try {
                return (Q) new ByteArrayInputStream(bytes.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(new InvalidProtocolBufferException(e));
            }
        }
    }
}
