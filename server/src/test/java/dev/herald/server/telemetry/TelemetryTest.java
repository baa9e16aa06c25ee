package dev.herald.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.testing.Http;
import io.micrometer.core.instrument.Counter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TelemetryTest {
    private static final Map<String, String> FREE_PORT = Map.of("METRICS_PORT", "0");

    @Test
    void metrics_ofAnyMeter_areInPrometheusForm() {
        try (Telemetry telemetry = start(FREE_PORT)) {
            Counter.builder("some.calls")
                    .tag("code", "OK")
                    .register(telemetry.meters())
                    .increment();
            var answer = Http.get(port(telemetry), "/metrics");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type"))
                    .hasValue("text/plain; version=0.0.4; charset=utf-8");
            assertThat(answer.body())
                    .contains("some_calls_total{code=\"OK\"} 1.0")
                    .contains("jvm_memory_used_bytes{", "process_cpu_usage ", "process_files_open_files ")
                    .contains("herald_build_info{");
        }
    }

    @Test
    void probes_beforeAndAfterServing_tellLifeFromReadiness() {
        AtomicBoolean serving = new AtomicBoolean();
        try (Telemetry telemetry = start(FREE_PORT)) {
            assertThat(Http.get(port(telemetry), "/livez").statusCode()).isEqualTo(200);
            assertThat(Http.get(port(telemetry), "/readyz").statusCode()).isEqualTo(503);
            telemetry.readyWhen(serving::get);
            assertThat(Http.get(port(telemetry), "/readyz").statusCode()).isEqualTo(503);
            serving.set(true);
            assertThat(Http.get(port(telemetry), "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/metrics/", "/livez/x", "/readyz%2f", "/../etc/passwd"})
    void anyOtherPath_isNotFound(String path) {
        try (Telemetry telemetry = start(FREE_PORT)) {
            assertThat(Http.get(port(telemetry), path).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void methods_thatWouldChangeSomething_areRefused() {
        try (Telemetry telemetry = start(FREE_PORT)) {
            assertThat(Http.send(port(telemetry), "/metrics", "POST").statusCode())
                    .isEqualTo(405);
            assertThat(Http.send(port(telemetry), "/livez", "DELETE").statusCode())
                    .isEqualTo(405);
            var head = Http.send(port(telemetry), "/livez", "HEAD");
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void scrape_aLookThatHangs_isAnsweredWithinASecondAndSoIsLiveness() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger looks = new AtomicInteger();
        try (Telemetry telemetry = start(FREE_PORT)) {
            telemetry.beforeScrape(() -> {
                looks.incrementAndGet();
                await(never);
            });
            for (int i = 0; i < 3; i++) {
                assertThat(time(() -> Http.get(port(telemetry), "/metrics"))).isLessThan(Duration.ofSeconds(1));
            }
            assertThat(looks).hasValue(1);
            assertThat(Http.get(port(telemetry), "/livez").statusCode()).isEqualTo(200);
            never.countDown();
        }
    }

    @Test
    void scrape_aLookThatFails_isAnsweredAllTheSame() {
        try (Telemetry telemetry = start(FREE_PORT)) {
            telemetry.beforeScrape(() -> {
                throw new IllegalStateException("of this test");
            });
            assertThat(Http.get(port(telemetry), "/metrics").statusCode()).isEqualTo(200);
            assertThat(Http.get(port(telemetry), "/metrics").body()).contains("jvm_");
        }
    }

    @Test
    void start_portThatWasChosenIsTaken_isRefusedByName() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Map<String, String> settings = Map.of("METRICS_PORT", Integer.toString(taken.getLocalPort()));
            assertThatThrownBy(() -> start(settings))
                    .hasMessageStartingWith("METRICS_HOST, METRICS_PORT: can't listen on 127.0.0.1:")
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void start_usualPortIsTaken_goesOnWithoutServing() throws IOException {
        try (ServerSocket taken = usualPort();
                Telemetry telemetry = start(Map.of())) {
            assertThat(taken == null || taken.isBound()).isTrue();
            assertThat(telemetry.port()).isEqualTo(OptionalInt.empty());
            assertThat(telemetry.meters().getMeters()).isNotEmpty();
        }
    }

    @Test
    void start_hostThatIsNotOfThisMachine_isRefusedAlsoOnTheUsualPort() {
        assertThatThrownBy(() -> start(Map.of("METRICS_HOST", "192.0.2.1")))
                .hasMessageContaining("can't listen on 192.0.2.1:9464");
    }

    @Test
    void traces_withoutSettings_areOff() {
        for (Map<String, String> settings : List.of(
                Map.<String, String>of(),
                Map.of("OTEL_TRACES_EXPORTER", "none"),
                Map.of("OTEL_TRACES_EXPORTER", "otlp", "OTEL_SDK_DISABLED", "true"))) {
            assertThat(config(settings).traces()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_TRACES_EXPORTER, jaeger, 'otlp, console or none'",
        "OTEL_TRACES_EXPORTER, 'otlp,jaeger', 'otlp, console or none'",
        "OTEL_EXPORTER_OTLP_PROTOCOL, grpc, http/protobuf",
        "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, grpc, http/protobuf"
    })
    void config_tracesWantedAsTheyCannotGo_saysWhatCanBe(String name, String value, String allowed) {
        Map<String, String> given = new HashMap<>(Map.of("OTEL_TRACES_EXPORTER", "otlp"));
        given.put(name, value);
        SettingsReader settings = Settings.of(given, Map.of());
        TelemetryConfig.from(settings);
        assertThat(settings.faults()).singleElement().hasToString(name + ": must be " + allowed);
        given.put("OTEL_SDK_DISABLED", "true");
        SettingsReader off = Settings.of(given, Map.of());
        TelemetryConfig.from(off);
        assertThat(off.faults()).isEmpty();
    }

    @Test
    void traces_exporterNobodyKnows_isRefusedByName() {
        assertThatThrownBy(() -> start(Map.of("METRICS_PORT", "0", "OTEL_TRACES_EXPORTER", "zipkit")))
                .hasMessageStartingWith("OTEL_*: ")
                .hasMessageContaining("zipkit");
    }

    /** It needs a sender that isn't here; HTTP does the same. */
    @Test
    void traces_overGrpc_areRefusedWithAReason() {
        assertThatThrownBy(() -> start(Map.of(
                        "METRICS_PORT", "0",
                        "OTEL_TRACES_EXPORTER", "otlp",
                        "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")))
                .hasMessageStartingWith("OTEL_*: ")
                .hasMessageContaining("GrpcSender");
    }

    @Test
    void config_printed_keepsTheCollectorsPassword() {
        TelemetryConfig config = config(Map.of("OTEL_EXPORTER_OTLP_HEADERS", "authorization=sesame"));
        assertThat(config.openTelemetry()).containsEntry("otel.exporter.otlp.headers", "authorization=sesame");
        assertThat(config.toString()).contains("otel.exporter.otlp.headers").doesNotContain("sesame");
    }

    private static ServerSocket usualPort() throws IOException {
        try {
            return new ServerSocket(TelemetryConfig.USUAL_PORT, 1, InetAddress.getByName("127.0.0.1"));
        } catch (java.net.BindException e) {
            // Somebody else on this machine has it, which will do.
            return null;
        }
    }

    private static Telemetry start(Map<String, String> settings) {
        return Telemetry.start(config(settings));
    }

    private static TelemetryConfig config(Map<String, String> settings) {
        return TelemetryConfig.from(Settings.of(settings, Map.of()));
    }

    private static int port(Telemetry telemetry) {
        return telemetry.port().orElseThrow();
    }

    private static Duration time(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
