package dev.herald.server.rpc;

import io.grpc.ServerBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Optional;

/**
 * Who looks on while calls are served.
 *
 * @param traces where spans go; empty costs nothing
 */
public record CallWatch(MeterRegistry meters, Optional<OpenTelemetry> traces) {
    /** Attaches the lookers-on; what is returned must be told the methods before calls come. */
    CallMeter attach(ServerBuilder<?> builder) {
        CallMeter meter = new CallMeter(meters);
        builder.addStreamTracerFactory(meter);
        traces.ifPresent(openTelemetry -> builder.intercept(new CallTracer(openTelemetry)));
        return meter;
    }
}
