package dev.herald.server.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The figures of this process and where they are served, and the way its traces go. Start it first, so that liveness can be asked
 * while the rest still starts, and close it last. Thread-safe.
 */
public final class Telemetry implements AutoCloseable {
    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(3);

    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final ProcessMeters process;
    private final Optional<OpenTelemetrySdk> traces;
    private final ScrapeLooks looks = new ScrapeLooks();
    private final @Nullable MetricsServer server;
    private volatile BooleanSupplier serving = () -> false;

    private Telemetry(TelemetryConfig config) {
        this.process = ProcessMeters.bind(meters);
        this.traces = config.traces() ? Optional.of(TraceExport.start(config.openTelemetry())) : Optional.empty();
        this.server = serve(config);
    }

    private @Nullable MetricsServer serve(TelemetryConfig config) {
        try {
            return MetricsServer.start(config, this::scrape, () -> serving.getAsBoolean());
        } catch (RuntimeException e) {
            closeAllButTheServer();
            throw e;
        }
    }

    /**
     * Starts it.
     *
     * @throws RuntimeException when the settings can't be followed: the message names them
     */
    public static Telemetry start(TelemetryConfig config) {
        return new Telemetry(config);
    }

    /**
     * Starts the export of spans as the settings want it, and ends it again.
     *
     * @throws RuntimeException when they can't be followed: the message says why
     */
    public static void tryTraces(TelemetryConfig config) {
        TraceExport.start(config.openTelemetry()).close();
    }

    public MeterRegistry meters() {
        return meters;
    }

    /** Where spans go; empty when no traces are wanted. */
    public Optional<OpenTelemetry> traces() {
        return traces.map(sdk -> sdk);
    }

    /** The port metrics and probes are served on; empty when the usual one was taken. */
    public OptionalInt port() {
        return server == null ? OptionalInt.empty() : OptionalInt.of(server.port());
    }

    /** What readiness asks; until it is told, this process is not ready. It must not wait for anything. */
    public void readyWhen(BooleanSupplier condition) {
        serving = condition;
    }

    /** Has figures that must be looked up brought up to date before they are read. A scrape waits for it, but not for long. */
    public void beforeScrape(Runnable look) {
        looks.add(look);
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
        closeAllButTheServer();
    }

    private void closeAllButTheServer() {
        looks.close();
        traces.ifPresent(sdk -> sdk.shutdown().join(FLUSH_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        process.close();
        meters.close();
    }

    private String scrape() {
        looks.look();
        return meters.scrape();
    }
}
