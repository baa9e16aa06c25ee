package dev.herald.server.testing;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.List;
import java.util.Map;

/** Keeps the spans of servers that are started with {@link #SETTINGS}. */
public final class MemorySpans implements ConfigurableSpanExporterProvider {
    /** What a server needs to send its spans here, at once. */
    public static final Map<String, String> SETTINGS =
            Map.of("OTEL_TRACES_EXPORTER", "memory", "OTEL_BSP_SCHEDULE_DELAY", "10");

    private static volatile InMemorySpanExporter spans = InMemorySpanExporter.create();

    /** Every span that has ended since the last server was started. */
    public static List<SpanData> all() {
        return spans.getFinishedSpanItems();
    }

    @Override
    public SpanExporter createExporter(ConfigProperties config) {
        // One that was shut down takes no more.
        spans = InMemorySpanExporter.create();
        return SpanExporter.composite(spans, HeardSpans.exporter());
    }

    @Override
    public String getName() {
        return "memory";
    }
}
