package dev.herald.server.delivery;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The trace a mail was queued in: how it gets through the database.
 *
 * @param parent the span that queued it, as a W3C traceparent
 * @param dueAt since when it waits, by the database's clock
 */
record QueueTrace(String parent, Instant dueAt) {
    private static final String HEADER = "traceparent";
    private static final W3CTraceContextPropagator FORMAT = W3CTraceContextPropagator.getInstance();

    /** The present span as a traceparent; none when nobody records it. */
    static @Nullable String current() {
        SpanContext span = Span.current().getSpanContext();
        return span.isSampled()
                ? "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                        + span.getTraceFlags().asHex()
                : null;
    }

    /** What further spans belong below. */
    Context context() {
        return FORMAT.extract(Context.root(), parent, Text.GETTER);
    }

    private enum Text implements TextMapGetter<String> {
        GETTER;

        @Override
        public @Nullable String get(@Nullable String parent, String name) {
            return name.equals(HEADER) ? parent : null;
        }
    }
}
