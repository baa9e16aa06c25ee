package dev.herald.server.telemetry;

import dev.herald.server.config.Version;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.Map;

/** OpenTelemetry as its own OTEL_* settings want it, for traces alone: metrics are scraped, and logs go to the standard error. */
final class TraceExport {
    private TraceExport() {}

    /**
     * Starts the export of spans.
     *
     * @throws IllegalStateException when the settings can't be followed
     */
    static OpenTelemetrySdk start(Map<String, String> given) {
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.service.name", "herald");
        // What the specification recommends, and what SpanPost can do.
        properties.put("otel.exporter.otlp.protocol", "http/protobuf");
        properties.putAll(given);
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        try {
            return AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesCustomizer(ignored -> properties)
                    .addResourceCustomizer((resource, ignored) -> resource.toBuilder()
                            .put("service.version", Version.text())
                            .build())
                    .disableShutdownHook()
                    .build()
                    .getOpenTelemetrySdk();
        } catch (ConfigurationException e) {
            throw new IllegalStateException("OTEL_*: " + why(e), e);
        }
    }

    private static String why(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? String.valueOf(failure.getMessage()) : failure.getMessage() + ": " + why(cause);
    }
}
