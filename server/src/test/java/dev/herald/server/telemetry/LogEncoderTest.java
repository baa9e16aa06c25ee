package dev.herald.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogEncoderTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    private final LoggerContext context = new LoggerContext();
    private final Logger logger = context.getLogger("dev.herald.server.delivery.Courier");
    private final LogEncoder encoder = new LogEncoder();

    @BeforeEach
    void start() {
        encoder.setContext(context);
        encoder.start();
    }

    @Test
    void encode_text_isALineWithTheTimeInUtc() {
        assertThat(encoded("{} mail(s) wait", null, 3))
                .isEqualTo("2026-01-02T03:04:05.006Z WARN  Courier: 3 mail(s) wait\n");
    }

    @Test
    void encode_json_isAnObjectOnALine() {
        encoder.setFormat(LogFormat.JSON);
        String line = encoded("{} mail(s) wait", null, 3);
        assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
        JsonObject json = json(line);
        assertThat(json.keySet()).containsExactly("timestamp", "level", "logger", "thread", "message");
        assertThat(json.get("timestamp").getAsString()).isEqualTo("2026-01-02T03:04:05.006Z");
        assertThat(json.get("level").getAsString()).isEqualTo("WARN");
        assertThat(json.get("logger").getAsString()).isEqualTo("dev.herald.server.delivery.Courier");
        assertThat(json.get("message").getAsString()).isEqualTo("3 mail(s) wait");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quote \" and \\", "two\r\nlines\tand\u2028more", "bell \u0007 zero \u0000", "Grüße 漢字 😀"})
    void encode_jsonOfAnyText_readsBackTheSame(String text) {
        encoder.setFormat(LogFormat.JSON);
        String line = encoded(text, null);
        assertThat(line.strip().lines()).hasSize(1);
        assertThat(json(line).get("message").getAsString()).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void encode_exceptionOfAnExceptionWithSecrets_masksThemToo(LogFormat format) {
        encoder.setFormat(format);
        Throwable cause = new IllegalStateException("550 <student1@campus.example> and token=eyJhbGciOi.e30.AAAA");
        String line = encoded("{} failed", new RuntimeException("to student2@campus.example", cause), "a@b.example");
        assertThat(line)
                .contains("RuntimeException: to ***", "IllegalStateException: 550 <***> and token=***", "*** failed")
                .doesNotContain("student", "eyJ", "b.example");
    }

    @ParameterizedTest
    @EnumSource
    void encode_withinASpan_namesTheTrace(LogFormat format) {
        encoder.setFormat(format);
        SpanContext span = SpanContext.create(TRACE, SPAN, TraceFlags.getSampled(), TraceState.getDefault());
        String line = Context.root()
                .with(Span.wrap(span))
                .wrapSupplier(() -> encoded("here", null))
                .get();
        if (format == LogFormat.JSON) {
            assertThat(json(line).get("trace_id").getAsString()).isEqualTo(TRACE);
            assertThat(json(line).get("span_id").getAsString()).isEqualTo(SPAN);
        } else {
            assertThat(line).endsWith("here trace_id=" + TRACE + " span_id=" + SPAN + "\n");
        }
    }

    private String encoded(String message, Throwable thrown, Object... values) {
        LoggingEvent event = new LoggingEvent("", logger, Level.WARN, message, thrown, values);
        event.setInstant(Instant.parse("2026-01-02T03:04:05.006Z"));
        return new String(encoder.encode(event), StandardCharsets.UTF_8);
    }

    private static JsonObject json(String line) {
        return JsonParser.parseString(line).getAsJsonObject();
    }
}
