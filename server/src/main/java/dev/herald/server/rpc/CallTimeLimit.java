package dev.herald.server.rpc;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A deadline for unary calls whose caller set none, or a later one: the call ends then, and its context is cancelled, which ends
 * its work.
 */
final class CallTimeLimit implements ServerInterceptor {
    private final Duration most;
    private final ScheduledExecutorService timer;

    CallTimeLimit(Duration most, ScheduledExecutorService timer) {
        this.most = most;
        this.timer = timer;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Deadline theirs = Context.current().getDeadline();
        if (call.getMethodDescriptor().getType() != MethodType.UNARY
                || (theirs != null && theirs.timeRemaining(TimeUnit.MILLISECONDS) <= most.toMillis())) {
            return next.startCall(call, headers);
        }
        Context.CancellableContext limited =
                Context.current().withDeadline(Deadline.after(most.toMillis(), TimeUnit.MILLISECONDS), timer);
        limited.addListener(context -> endOverdue(context, call), Runnable::run);
        return new SimpleForwardingServerCallListener<>(Contexts.interceptCall(limited, call, headers, next)) {
            @Override
            public void onComplete() {
                super.onComplete();
                limited.cancel(null);
            }

            @Override
            public void onCancel() {
                super.onCancel();
                limited.cancel(null);
            }
        };
    }

    /** Told from being cancelled by its cause. */
    private void endOverdue(Context context, ServerCall<?, ?> call) {
        if (context.cancellationCause() instanceof TimeoutException) {
            StatusRuntimeException status = Statuses.of(HeraldException.of(
                    ErrorReason.ERROR_REASON_DEADLINE_PASSED,
                    "no answer within " + most.toSeconds() + " s, the longest any call may take"));
            Metadata trailers = status.getTrailers();
            call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
        }
    }
}
