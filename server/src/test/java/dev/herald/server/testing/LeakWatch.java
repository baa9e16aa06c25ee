package dev.herald.server.testing;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to every line that is logged while tests run, and fails the test class in which one tells a token, a secret or an
 * address. Found by JUnit itself (META-INF/services), so that it watches all classes. Thread-safe.
 */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {
    private static final String NAME = "leak-watch";
    private static final int LONGEST = 2_000;
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final Handler HANDLER = new PlatformHandler();

    /** What something other than a log tells: spans, metrics, a page. */
    public static void hear(String where, String text) {
        List<String> leaks = LeakScan.leaks(text);
        if (!leaks.isEmpty()) {
            LEAKS.add(where + " tells " + leaks + ": " + text.substring(0, Math.min(text.length(), LONGEST)));
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        listen();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        check(context.getRequiredTestClass());
    }

    /** Fails when something was told since the last time, unless the class means to. */
    static void check(Class<?> testClass) {
        List<String> found = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            found.add(leak);
        }
        if (!found.isEmpty() && !testClass.isAnnotationPresent(LeaksOnPurpose.class)) {
            throw new AssertionError("told while " + testClass.getSimpleName() + " ran:\n" + String.join("\n", found));
        }
    }

    /** Again before each class, because a test may have set logging up anew. */
    private static synchronized void listen() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        if (root.getAppender(NAME) == null) {
            LogAppender appender = new LogAppender();
            appender.setName(NAME);
            appender.setContext(context);
            appender.start();
            root.addAppender(appender);
        }
        java.util.logging.Logger platform = LogManager.getLogManager().getLogger("");
        platform.removeHandler(HANDLER);
        platform.addHandler(HANDLER);
    }

    private static final class LogAppender extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            String thrown = event.getThrowableProxy() == null
                    ? ""
                    : "\n" + ThrowableProxyUtil.asString(event.getThrowableProxy());
            hear(
                    "the log of " + event.getLoggerName(),
                    event.getFormattedMessage() + event.getMDCPropertyMap() + event.getKeyValuePairs() + thrown);
        }
    }

    private static final class PlatformHandler extends Handler {
        private final SimpleFormatter formatter = new SimpleFormatter();

        @Override
        public void publish(LogRecord record) {
            hear("the log of " + record.getLoggerName(), formatter.format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
