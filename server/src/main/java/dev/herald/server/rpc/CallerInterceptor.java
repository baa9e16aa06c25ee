package dev.herald.server.rpc;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.Map;

/**
 * Asks who calls, whether it has calls left and whether it may make this one ({@link RoleTable} decides), before the body is
 * read.
 */
public final class CallerInterceptor implements ServerInterceptor {
    private final RoleTable table = new RoleTable();
    private final CallerSource source;
    private final CallerLimits limits;
    private final Refusals refusals;

    CallerInterceptor(CallerSource source, CallerLimits limits, Refusals refusals) {
        this.source = source;
        this.limits = limits;
        this.refusals = refusals;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (table.isOpen(method)) {
            return next.startCall(call, headers);
        }
        Caller caller = source.callerOf(call, headers).orElseThrow(() -> stranger(method));
        limits.take(caller).ifPresent(wait -> {
            throw tooMany(method, wait);
        });
        if (!caller.hasOneOf(table.rolesOf(method))) {
            refusals.note(Refusals.Kind.FORBIDDEN_CALL, method);
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_ROLE_REQUIRED,
                    "none of the caller's roles may call " + method,
                    Map.of("method", method));
        }
        return Contexts.interceptCall(Context.current().withValue(Caller.KEY, caller), call, headers, next);
    }

    private HeraldException stranger(String method) {
        refusals.note(Refusals.Kind.UNAUTHENTICATED_CALL, method);
        return HeraldException.of(
                ErrorReason.ERROR_REASON_UNAUTHENTICATED_CALLER,
                "send exactly one authorization header with a valid bearer token, or with AUTH=mtls a client certificate"
                        + " with one SPIFFE id that has a role; a client certificate must not have expired, and its authority"
                        + " must still be accepted");
    }

    private HeraldException tooMany(String method, Duration wait) {
        refusals.note(Refusals.Kind.RATE_LIMITED_CALL, method);
        return HeraldException.retryable(
                ErrorReason.ERROR_REASON_RATE_LIMITED, "this caller has made too many calls; wait", wait, null);
    }
}
