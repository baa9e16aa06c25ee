package dev.herald.server.rpc;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

/** Hears of messages that were too large: grpc-java refuses those before any interceptor sees them. */
final class OversizeTracer extends ServerStreamTracer {
    private final Refusals refusals;

    private OversizeTracer(Refusals refusals) {
        this.refusals = refusals;
    }

    static Factory factory(Refusals refusals) {
        return new Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
                return new OversizeTracer(refusals);
            }
        };
    }

    @Override
    public void streamClosed(Status status) {
        String text = status.getDescription();
        if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED
                && text != null
                && text.contains("exceeds maximum size")) {
            refusals.note(Refusals.REQUEST_TOO_LARGE, "more than GRPC_MAX_MESSAGE_BYTES");
        }
    }
}
