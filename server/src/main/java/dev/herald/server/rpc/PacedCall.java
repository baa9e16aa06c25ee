package dev.herald.server.rpc;

import dev.herald.server.caller.Caller;
import dev.herald.server.caller.CallerLimits;
import dev.herald.server.caller.NextMessage;
import io.grpc.Context;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A stream of questions and answers, whose messages cost what calls do: the first is the call's, each other is asked for when its
 * caller has a call left for it. Until then its sender waits, by flow control; the stream is never refused half-way. What was paid
 * for a message that never comes is given back at the end. Thread-safe.
 */
final class PacedCall<Q, A> extends SimpleForwardingServerCall<Q, A> implements NextMessage {
    private final CallerLimits limits;
    private final Caller caller;
    private final Context context = Context.current();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicInteger paidAhead = new AtomicInteger();

    PacedCall(ServerCall<Q, A> call, CallerLimits limits, Caller caller) {
        super(call);
        this.limits = limits;
        this.caller = caller;
    }

    @Override
    public void request(int messages) {
        int more = messages;
        if (!begun.getAndSet(true)) {
            super.request(1);
            more--;
        }
        for (int i = 0; i < more; i++) {
            limits.pace(caller, this);
        }
    }

    @Override
    public boolean isOver() {
        return context.isCancelled();
    }

    @Override
    public void ask() {
        paidAhead.incrementAndGet();
        super.request(1);
    }

    /** What is to hear of this call. */
    ServerCall.Listener<Q> heardBy(ServerCall.Listener<Q> listener) {
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onMessage(Q message) {
                paidAhead.updateAndGet(messages -> Math.max(0, messages - 1));
                super.onMessage(message);
            }

            @Override
            public void onCancel() {
                giveBack();
                super.onCancel();
            }

            @Override
            public void onComplete() {
                giveBack();
                super.onComplete();
            }
        };
    }

    private void giveBack() {
        limits.giveBack(caller, paidAhead.getAndSet(0));
    }
}
