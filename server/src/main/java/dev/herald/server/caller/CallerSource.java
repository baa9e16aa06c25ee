package dev.herald.server.caller;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.Optional;

/** How callers show who they are. */
@FunctionalInterface
public interface CallerSource {
    /** With AUTH=off: everybody on loopback is the local administrator. */
    CallerSource OPEN = (call, headers) -> Optional.of(Caller.LOCAL);

    /**
     * Who makes a call; empty when that can't be told, for whatever reason.
     *
     * @throws dev.herald.server.error.HeraldException when too many came from there who could not
     */
    Optional<Caller> callerOf(ServerCall<?, ?> call, Metadata headers);

    /** What is to be known of a new connection by its calls, besides what there is. */
    default Attributes connected(Attributes transport) {
        return transport;
    }
}
