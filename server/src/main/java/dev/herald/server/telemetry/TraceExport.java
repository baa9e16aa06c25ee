package dev.herald.server.telemetry;

import dev.herald.server.config.SettingsReader;
import dev.herald.server.config.Version;
import dev.herald.server.error.PlainWords;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.autoconfigure.spi.traces.ConfigurableSpanExporterProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** OpenTelemetry as its own OTEL_* settings want it, for traces alone: metrics are scraped, and logs go to the standard error. */
final class TraceExport {
    /** What the specification recommends, and what SpanPost can do. */
    private static final String PROTOCOL = "http/protobuf";

    private TraceExport() {}

    /**
     * Starts the export of spans.
     *
     * @throws IllegalStateException when the settings can't be followed
     */
    static OpenTelemetrySdk start(Map<String, String> given) {
        Map<String, String> properties = new HashMap<>();
        properties.put("otel.service.name", "herald");
        properties.put("otel.exporter.otlp.protocol", PROTOCOL);
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

    /** Notes what of the settings can't be followed, as far as that is known without starting the export. */
    static void check(SettingsReader settings, Map<String, String> given) {
        List<String> exporters =
                List.of(given.getOrDefault("otel.traces.exporter", "").split("\\s*,\\s*"));
        if (!there().containsAll(exporters)) {
            settings.fault("OTEL_TRACES_EXPORTER", "must be otlp, console or none", "");
        }
        if (exporters.contains("otlp")) {
            Stream.of("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
                    .filter(name -> !settings.text(name, PROTOCOL).equals(PROTOCOL))
                    .forEach(name -> settings.fault(name, "must be " + PROTOCOL, ""));
        }
    }

    /** By the names that the setting takes. */
    private static Set<String> there() {
        return ServiceLoader.load(ConfigurableSpanExporterProvider.class).stream()
                .map(provider -> provider.get().getName())
                .collect(Collectors.toSet());
    }

    private static String why(Throwable failure) {
        Throwable cause = failure.getCause();
        return cause == null ? PlainWords.of(failure) : PlainWords.of(failure) + ": " + why(cause);
    }
}
