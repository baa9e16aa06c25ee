package dev.herald.server.telemetry;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.nio.charset.StandardCharsets;

/**
 * Writes log events, as text or JSON, with the trace they happened in, and passes everything through {@link Redaction}. It must run on
 * the thread that logs, as the console appender has it. Thread-safe.
 */
public final class LogEncoder extends EncoderBase<ILoggingEvent> {
    private static final String LINE = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %logger{0}: %msg%nopex";

    private final PatternLayout line = new PatternLayout();
    private final PatternLayout stack = new PatternLayout();
    private volatile LogFormat format = LogFormat.TEXT;

    /** Changes the form, from the next event on. */
    public void setFormat(LogFormat format) {
        this.format = format;
    }

    @Override
    public void start() {
        start(line, LINE);
        start(stack, "%ex{short}");
        super.start();
    }

    private void start(PatternLayout layout, String pattern) {
        layout.setContext(getContext());
        layout.setPattern(pattern);
        layout.start();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        String written = format == LogFormat.JSON ? json(event) : Redaction.mask(text(event));
        return written.getBytes(StandardCharsets.UTF_8);
    }

    private String text(ILoggingEvent event) {
        SpanContext span = Span.current().getSpanContext();
        String trace = span.isValid() ? " trace_id=" + span.getTraceId() + " span_id=" + span.getSpanId() : "";
        return line.doLayout(event) + trace + "\n" + stack.doLayout(event);
    }

    /** Masked before it is written, so that the mask sees what a person would. */
    private static String json(ILoggingEvent event) {
        JsonLine json = new JsonLine()
                .with("timestamp", event.getInstant().toString())
                .with("level", event.getLevel().toString())
                .with("logger", event.getLoggerName())
                .with("thread", Redaction.mask(event.getThreadName()))
                .with("message", Redaction.mask(event.getFormattedMessage()));
        SpanContext span = Span.current().getSpanContext();
        if (span.isValid()) {
            json.with("trace_id", span.getTraceId()).with("span_id", span.getSpanId());
        }
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown != null) {
            json.with("exception", Redaction.mask(ThrowableProxyUtil.asString(thrown)));
        }
        return json.end();
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }
}
