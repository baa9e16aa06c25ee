package dev.herald.server.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What one class logs while a test runs, for a field with {@code @RegisterExtension}. Thread-safe. */
public final class HeardLog implements BeforeEachCallback, AfterEachCallback {
    private final Logger logger;
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Ear ear = new Ear();

    private HeardLog(Logger logger) {
        this.logger = logger;
    }

    public static HeardLog of(Class<?> logging) {
        return new HeardLog((Logger) LoggerFactory.getLogger(logging));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        ear.start();
        logger.addAppender(ear);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        logger.detachAppender(ear);
    }

    public List<ILoggingEvent> events() {
        return List.copyOf(events);
    }

    /** Their messages. */
    public List<String> lines() {
        return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    public void forget() {
        events.clear();
    }

    private final class Ear extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    }
}
