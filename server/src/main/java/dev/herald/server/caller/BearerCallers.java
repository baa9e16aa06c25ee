package dev.herald.server.caller;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.net.SocketAddress;
import java.util.Iterator;
import java.util.Optional;

/**
 * Callers by the bearer token in the one {@code authorization} header (AUTH=jwt). Verifying by an RSA or EC key is what a stranger
 * could keep the network's threads busy with: from an address that showed too many such tokens that were nobody's, only those
 * known already are taken for a while. By an HS256 key, which takes one hash, all are verified. Thread-safe.
 */
public final class BearerCallers implements CallerSource {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    private final CallerTokens tokens;
    private final StrangerLimits strangers = new StrangerLimits();

    public BearerCallers(CallerTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public Optional<Caller> callerOf(ServerCall<?, ?> call, Metadata headers) {
        return onlyValue(headers)
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .flatMap(token -> caller(token, call));
    }

    private Optional<Caller> caller(String token, ServerCall<?, ?> call) {
        CallerTokens.Known known = tokens.known(token);
        if (known != null) {
            return known.caller();
        }
        CallerTokens.Unverified shown = tokens.read(token);
        return shown.isDear() ? verified(shown, call) : tokens.verify(shown);
    }

    private Optional<Caller> verified(CallerTokens.Unverified shown, ServerCall<?, ?> call) {
        SocketAddress peer = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        strangers.waitOf(peer).ifPresent(wait -> {
            throw HeraldException.retryable(
                    ErrorReason.ERROR_REASON_RATE_LIMITED,
                    "too many bearer tokens from this address were not valid; wait",
                    RateLimit.STRANGER.metadata(),
                    wait);
        });
        Optional<Caller> caller = tokens.verify(shown);
        if (caller.isEmpty()) {
            strangers.noteFailure(peer);
        }
        return caller;
    }

    /** Two values would leave open which one counts. */
    private static Optional<String> onlyValue(Metadata headers) {
        Iterable<String> values = headers.getAll(AUTHORIZATION);
        if (values == null) {
            return Optional.empty();
        }
        Iterator<String> iterator = values.iterator();
        String value = iterator.next();
        return iterator.hasNext() ? Optional.empty() : Optional.of(value);
    }
}
