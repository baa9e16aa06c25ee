package dev.herald.server.rpc;

import io.grpc.Metadata;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.LongStream;

/**
 * Counts and times calls by method and status, as OpenTelemetry names it. Below all interceptors, so it sees what was answered, and
 * the calls that ended otherwise. One small object a call and a few additions: token checks come by the hundred thousand. Methods that
 * nobody serves are one, {@code _OTHER}, since their names are whatever a caller sent.
 */
final class CallMeter extends ServerStreamTracer.Factory {
    static final String OTHER = "_OTHER";

    private static final Duration[] BUCKETS = LongStream.of(
                    1, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000)
            .mapToObj(Duration::ofMillis)
            .toArray(Duration[]::new);

    private final MeterRegistry meters;
    private final MethodTimers others;
    private volatile Map<String, MethodTimers> methods = Map.of();

    CallMeter(MeterRegistry meters) {
        this.meters = meters;
        this.others = new MethodTimers(OTHER);
    }

    /** Names the methods that are served. */
    void know(List<ServerServiceDefinition> services) {
        Map<String, MethodTimers> known = new HashMap<>();
        for (ServerServiceDefinition service : services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                String name = method.getMethodDescriptor().getFullMethodName();
                known.put(name, new MethodTimers(name));
            }
        }
        methods = known;
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new CallTimer(methods.getOrDefault(fullMethodName, others));
    }

    private static final class CallTimer extends ServerStreamTracer {
        private final MethodTimers timers;
        private final long start = System.nanoTime();

        CallTimer(MethodTimers timers) {
            this.timers = timers;
        }

        @Override
        public void streamClosed(Status status) {
            timers.of(status.getCode()).record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /** A method's timers, each made when a call first ends so. */
    private final class MethodTimers {
        private final String method;
        private final AtomicReferenceArray<Timer> byCode = new AtomicReferenceArray<>(Status.Code.values().length);

        MethodTimers(String method) {
            this.method = method;
        }

        Timer of(Status.Code code) {
            Timer timer = byCode.get(code.value());
            if (timer == null) {
                timer = register(code);
                byCode.set(code.value(), timer);
            }
            return timer;
        }

        private Timer register(Status.Code code) {
            return Timer.builder("rpc.server.call.duration")
                    .description("time from a call's headers to its end")
                    .tag("rpc.system.name", "grpc")
                    .tag("rpc.method", method)
                    .tag("rpc.response.status_code", code.name())
                    .serviceLevelObjectives(BUCKETS)
                    .register(meters);
        }
    }
}
