package dev.herald.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.herald.server.config.Settings;
import io.opentelemetry.api.trace.Tracer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Spans on their way to a collector. */
class SpanPostTest {
    private final List<Post> posts = new CopyOnWriteArrayList<>();
    private volatile int answer = 200;
    private HttpServer collector = null;

    private record Post(String path, String type, String encoding, String key, byte[] body) {}

    @BeforeEach
    void start() throws IOException {
        collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            var headers = exchange.getRequestHeaders();
            posts.add(new Post(
                    exchange.getRequestURI().getPath(),
                    headers.getFirst("Content-Type"),
                    headers.getFirst("Content-Encoding"),
                    headers.getFirst("x-key"),
                    exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(answer, -1);
            exchange.close();
        });
        collector.start();
    }

    @AfterEach
    void stop() {
        collector.stop(0);
    }

    @Test
    void otlp_spanEnded_isPostedAsTheSpecificationSays() {
        try (Telemetry telemetry = telemetry(Map.of("OTEL_EXPORTER_OTLP_HEADERS", "x-key=sesame"))) {
            span(telemetry, "a-span");
            await().until(() -> posts.size() == 1);
        }
        Post post = posts.get(0);
        assertThat(post.path).isEqualTo("/v1/traces");
        assertThat(post.type).isEqualTo("application/x-protobuf");
        assertThat(post.encoding).isNull();
        assertThat(post.key).isEqualTo("sesame");
        assertThat(text(post.body)).contains("a-span", "service.name", "herald", "service.version");
    }

    @Test
    void otlp_compressionWanted_isCompressed() throws IOException {
        try (Telemetry telemetry = telemetry(Map.of("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"))) {
            span(telemetry, "a-span");
            await().until(() -> posts.size() == 1);
        }
        assertThat(posts.get(0).encoding).isEqualTo("gzip");
        try (GZIPInputStream body = new GZIPInputStream(new ByteArrayInputStream(posts.get(0).body))) {
            assertThat(text(body.readAllBytes())).contains("a-span");
        }
    }

    @Test
    void otlp_collectorRefusesOnce_goesOnWithTheNext() {
        try (Telemetry telemetry = telemetry(Map.of())) {
            answer = 400;
            span(telemetry, "refused");
            await().until(() -> posts.size() == 1);
            answer = 200;
            span(telemetry, "taken");
            await().until(() -> posts.size() == 2);
        }
        assertThat(text(posts.get(1).body)).contains("taken").doesNotContain("refused");
    }

    @Test
    void close_spanNotYetSent_sendsItFirst() {
        try (Telemetry telemetry = telemetry(Map.of("OTEL_BSP_SCHEDULE_DELAY", "60000"))) {
            span(telemetry, "last");
            assertThat(posts).isEmpty();
        }
        assertThat(posts)
                .singleElement()
                .satisfies(post -> assertThat(text(post.body)).contains("last"));
    }

    private Telemetry telemetry(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "METRICS_PORT", "0",
                "OTEL_TRACES_EXPORTER", "otlp",
                "OTEL_BSP_SCHEDULE_DELAY", "10",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                        "http://127.0.0.1:" + collector.getAddress().getPort()));
        settings.putAll(others);
        return Telemetry.start(TelemetryConfig.from(Settings.of(settings, Map.of())));
    }

    private static void span(Telemetry telemetry, String name) {
        Tracer tracer = telemetry.traces().orElseThrow().getTracer("test");
        tracer.spanBuilder(name).startSpan().end();
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1);
    }
}
