package dev.herald.server.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Everything a run tells the outside by log, span and metric, for a search through it. The log is taken before it is masked, and with
 * more of it than usual: the mask is the second line of defence, not the first.
 */
public final class TelemetryScan implements AutoCloseable {
    private static final Map<String, Level> LEVELS = Map.of(
            "ROOT", Level.INFO,
            "dev.herald", Level.DEBUG,
            "org.hibernate", Level.INFO,
            "org.flywaydb", Level.INFO,
            "com.zaxxer.hikari", Level.INFO,
            "io.pebbletemplates", Level.INFO,
            "io.grpc", Level.INFO);

    private final Map<String, Level> before = new HashMap<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    private TelemetryScan() {
        LEVELS.forEach((name, level) -> {
            before.put(name, logger(name).getLevel());
            logger(name).setLevel(level);
        });
        log.start();
        logger("ROOT").addAppender(log);
    }

    /** Listens from now on. Servers whose spans count are started with {@link MemorySpans#SETTINGS}. */
    public static TelemetryScan start() {
        return new TelemetryScan();
    }

    /** One text an event, with its stack trace. */
    public List<String> log() {
        List<String> lines = new ArrayList<>();
        for (ILoggingEvent event : List.copyOf(log.list)) {
            IThrowableProxy thrown = event.getThrowableProxy();
            lines.add(event.getFormattedMessage()
                    + event.getMDCPropertyMap()
                    + Objects.requireNonNullElse(event.getKeyValuePairs(), "")
                    + (thrown == null ? "" : ThrowableProxyUtil.asString(thrown)));
        }
        return lines;
    }

    /** One text a span: name, attributes, events, status, resource. */
    public List<String> spans() {
        return MemorySpans.all().stream().map(SpanData::toString).toList();
    }

    /** The lines a scrape gets. */
    public List<String> metrics(HeraldFixture herald) {
        int port = herald.application().telemetry().port().orElseThrow();
        return Http.get(port, "/metrics").body().lines().toList();
    }

    @Override
    public void close() {
        logger("ROOT").detachAppender(log);
        before.forEach((name, level) -> logger(name).setLevel(level));
    }

    private static Logger logger(String name) {
        return (Logger) org.slf4j.LoggerFactory.getLogger(name);
    }
}
