package dev.herald.server.rpc;

import com.google.protobuf.Message;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.List;

/** Checks each request against the contract's field rules before a handler sees it, and names all bad fields at once. */
final class FieldRulesInterceptor implements ServerInterceptor {
    private final FieldRules rules;

    FieldRulesInterceptor(FieldRules rules) {
        this.rules = rules;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean refused;

            @Override
            public void onMessage(Q message) {
                List<FieldFault> faults = rules.check((Message) message);
                if (faults.isEmpty()) {
                    super.onMessage(message);
                } else {
                    refuse(faults);
                }
            }

            @Override
            public void onHalfClose() {
                if (!refused) {
                    super.onHalfClose();
                }
            }

            private void refuse(List<FieldFault> faults) {
                refused = true;
                StatusRuntimeException status = Statuses.of(HeraldException.invalidFields(faults));
                Metadata trailers = status.getTrailers();
                call.close(status.getStatus(), trailers == null ? new Metadata() : trailers);
            }
        };
    }
}
