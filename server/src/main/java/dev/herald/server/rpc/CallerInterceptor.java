package dev.herald.server.rpc;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** Asks who calls and whether it may, before the body is read: {@link RoleTable} decides. */
public final class CallerInterceptor implements ServerInterceptor {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    private final RoleTable table = new RoleTable();
    private final Optional<CallerTokens> tokens;

    /** Without tokens every caller is the local administrator (AUTH=off). */
    public CallerInterceptor(Optional<CallerTokens> tokens) {
        this.tokens = tokens;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (table.isOpen(method)) {
            return next.startCall(call, headers);
        }
        Caller caller = tokens.map(known -> authenticate(known, headers)).orElse(Caller.LOCAL);
        if (!caller.hasOneOf(table.rolesOf(method))) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_ROLE_REQUIRED,
                    "none of the caller's roles may call " + method,
                    Map.of("method", method));
        }
        return Contexts.interceptCall(Context.current().withValue(Caller.KEY, caller), call, headers, next);
    }

    private static Caller authenticate(CallerTokens tokens, Metadata headers) {
        return onlyValue(headers)
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip())
                .flatMap(tokens::verify)
                .orElseThrow(() -> HeraldException.of(
                        ErrorReason.ERROR_REASON_UNAUTHENTICATED_CALLER,
                        "send exactly one authorization header with a valid bearer token"));
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
