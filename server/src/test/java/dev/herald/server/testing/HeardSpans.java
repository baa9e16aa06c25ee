package dev.herald.server.testing;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Map;

/** Has {@link LeakWatch} hear every span of the servers that tests start, and keeps none itself. */
public final class HeardSpans implements ConfigurableSpanExporterProvider {
    static final Map<String, String> SETTINGS = Map.of("OTEL_TRACES_EXPORTER", "heard");

    static SpanExporter exporter() {
        return new Exporter();
    }

    @Override
    public SpanExporter createExporter(ConfigProperties config) {
        return exporter();
    }

    @Override
    public String getName() {
        return "heard";
    }

    private static final class Exporter implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            spans.forEach(span -> LeakWatch.hear("the span " + span.getName(), span.toString()));
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
