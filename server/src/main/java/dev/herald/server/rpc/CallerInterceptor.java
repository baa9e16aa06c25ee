package dev.herald.server.rpc;

import dev.herald.server.caller.Caller;
import dev.herald.server.caller.CallerLimits;
import dev.herald.server.caller.CallerSource;
import dev.herald.server.caller.RateLimit;
import dev.herald.server.caller.RoleTable;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.Map;

/**
 * Asks who calls, whether it has calls left and whether it may make this one ({@link RoleTable} decides), before the body is
 * read. Of streams with an answer for each message ({@link PacedCall}) every message costs a call. A client's stream with one answer
 * (Import) is one call however long: a message is a single item, of which a unary call takes a thousand, and its sender waits
 * while what it sent is written.
 */
final class CallerInterceptor implements ServerInterceptor {
    private final RoleTable table = new RoleTable();
    private final CallerSource source;
    private final CallerLimits limits;

    CallerInterceptor(CallerSource source, CallerLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (table.isOpen(method)) {
            return next.startCall(call, headers);
        }
        Caller caller = source.callerOf(call, headers).orElseThrow(CallerInterceptor::stranger);
        limits.take(caller).ifPresent(wait -> {
            throw tooMany(wait);
        });
        if (!caller.hasOneOf(table.rolesOf(method))) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_ROLE_REQUIRED,
                    "none of the caller's roles may call " + method,
                    Map.of("method", method));
        }
        Context context = caller.within(Context.current());
        if (!limits.areSet() || call.getMethodDescriptor().getType() != MethodType.BIDI_STREAMING) {
            return Contexts.interceptCall(context, call, headers, next);
        }
        PacedCall<Q, A> paced = new PacedCall<>(call, limits, caller);
        return paced.heardBy(Contexts.interceptCall(context, paced, headers, next));
    }

    private static HeraldException stranger() {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_UNAUTHENTICATED_CALLER,
                "send exactly one authorization header with a valid bearer token, or with AUTH=mtls a client certificate"
                        + " with one SPIFFE id that has a role; a client certificate must not have expired, and its authority"
                        + " must still be accepted");
    }

    private static HeraldException tooMany(Duration wait) {
        return HeraldException.retryable(
                ErrorReason.ERROR_REASON_RATE_LIMITED,
                "this caller has made too many calls; wait",
                RateLimit.CALLER.metadata(),
                wait);
    }
}
