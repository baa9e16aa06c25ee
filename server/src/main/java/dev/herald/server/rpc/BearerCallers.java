package dev.herald.server.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.util.Iterator;
import java.util.Optional;

/** Callers by the bearer token in the one {@code authorization} header (AUTH=jwt). */
public final class BearerCallers implements CallerSource {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    private final CallerTokens tokens;

    public BearerCallers(CallerTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public Optional<Caller> callerOf(ServerCall<?, ?> call, Metadata headers) {
        return onlyValue(headers)
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .flatMap(tokens::verify);
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
