package dev.herald.server.rpc;

import dev.herald.server.caller.CallerLimits;
import dev.herald.server.caller.CallerSource;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** What a call passes on its way to its handler, cheapest refusal first. */
final class CallPath {
    /** With a second a call, four threads have so many done in a minute. */
    private static final int MOST_WAITING = 256;

    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

    private final ServerInterceptor errors;
    /** What it refuses passes the other, which counts it. */
    private final ServerInterceptor errorsInPool;

    private final ServerInterceptor callers;
    private final ServerInterceptor timeLimit;
    private final ServerInterceptor pooled;
    private final ServerInterceptor fieldRules = new FieldRulesInterceptor(new FieldRules());

    CallPath(
            CallerSource source,
            CallerLimits limits,
            Executor pool,
            ScheduledExecutorService timer,
            Refusals refusals) {
        this.errors = new ErrorInterceptor(refusals::count);
        this.errorsInPool = new ErrorInterceptor((refusal, method) -> {});
        this.callers = new CallerInterceptor(source, limits);
        this.timeLimit = new CallTimeLimit(LONGEST_CALL, timer);
        this.pooled = new PooledCalls(pool, MOST_WAITING);
    }

    /** To a service of the libraries', whose messages have no rules. */
    ServerServiceDefinition toForeign(BindableService service) {
        return ServerInterceptors.interceptForward(service, errors, callers);
    }

    /** To a service that never blocks, on the network's threads. */
    ServerServiceDefinition toInline(BindableService service) {
        return ServerInterceptors.interceptForward(unparsed(service), errors, callers, timeLimit);
    }

    /** To a service that may block. What goes wrong in the pool is caught there. */
    ServerServiceDefinition toBlocking(BindableService service) {
        return ServerInterceptors.interceptForward(
                unparsed(service), List.of(errors, callers, timeLimit, pooled, errorsInPool));
    }

    /** Parsed at the end of the path, so that bytes which are no message are refused like any other bad request. */
    private ServerServiceDefinition unparsed(BindableService service) {
        return ServerInterceptors.useMarshalledMessages(
                ServerInterceptors.interceptForward(service, fieldRules), new UnparsedMessages());
    }
}
