package dev.herald.server.telemetry;

import dev.herald.server.config.SettingsReader;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where figures are served, and where traces go.
 *
 * @param host the address metrics and probes are served on
 * @param port their port, 0 for a free one; empty for the usual one, which may be taken
 * @param openTelemetry the OTEL_* settings by their property names, such as {@code otel.traces.exporter}
 */
public record TelemetryConfig(String host, OptionalInt port, Map<String, String> openTelemetry) {
    static final int USUAL_PORT = 9464;

    private static final String EXPORTER = "otel.traces.exporter";

    public TelemetryConfig {
        openTelemetry = Map.copyOf(openTelemetry);
    }

    public static TelemetryConfig from(SettingsReader settings) {
        int port = settings.integer("METRICS_PORT", USUAL_PORT, 0, 65_535);
        TelemetryConfig config = new TelemetryConfig(
                settings.text("METRICS_HOST", "127.0.0.1"),
                settings.text("METRICS_PORT").isEmpty() ? OptionalInt.empty() : OptionalInt.of(port),
                settings.properties("otel"));
        if (config.traces()) {
            TraceExport.check(settings, config.openTelemetry());
        }
        return config;
    }

    /** Whether anybody wants traces: with nothing set, nobody does. */
    public boolean traces() {
        boolean off = Boolean.parseBoolean(openTelemetry.get("otel.sdk.disabled"));
        return !off && !Set.of("", "none").contains(openTelemetry.getOrDefault(EXPORTER, ""));
    }

    /** Without the values of OTEL_*, which may hold a collector's password. */
    @Override
    public String toString() {
        return "TelemetryConfig[host=" + host + ", port=" + port + ", openTelemetry="
                + new TreeSet<>(openTelemetry.keySet()) + "]";
    }
}
