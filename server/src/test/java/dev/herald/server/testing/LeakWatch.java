package dev.herald.server.testing;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.herald.server.config.KnownSecrets;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to every line that is logged or printed while tests run, and fails the test class in which one tells a
 * token, a secret or an address. What is told after a class has ended is the next one's, and after the last one the whole
 * run's, which then fails. Found by JUnit itself (META-INF/services), so that it watches all classes. Thread-safe.
 */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback, LauncherSessionListener {
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

    /** What a server tells whoever scrapes it. */
    static void hearMetrics(int port) {
        hear("/metrics", Http.get(port, "/metrics").body());
    }

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        listen();
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        failOnLeaks("at the end");
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
        if (testClass.isAnnotationPresent(LeaksOnPurpose.class)) {
            LEAKS.clear();
        }
        failOnLeaks("while " + testClass.getSimpleName() + " ran");
    }

    private static void failOnLeaks(String when) {
        List<String> found = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            found.add(leak);
        }
        if (!found.isEmpty()) {
            throw new AssertionError("told " + when + ":\n" + String.join("\n", found));
        }
    }

    /** Again before each class, because a test may have set logging up anew. */
    private static synchronized void listen() {
        KnownSecrets.listen();
        if (!(System.err instanceof HeardOutput)) {
            System.setErr(new HeardOutput("standard error", System.err));
        }
        if (!(System.out instanceof HeardOutput)) {
            System.setOut(new HeardOutput("standard output", System.out));
        }
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

    /**
     * Where stack traces go that nobody caught, and what tests print. What lies below is Surefire's own stream for these, and not
     * that by which its processes talk to each other.
     */
    private static final class HeardOutput extends PrintStream {
        HeardOutput(String where, PrintStream before) {
            super(new Lines(where, before), true, StandardCharsets.UTF_8);
        }
    }

    private static final class Lines extends FilterOutputStream {
        private final String where;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(String where, OutputStream before) {
            super(before);
            this.where = where;
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            for (int i = offset; i < offset + length; i++) {
                hearIfWhole(bytes[i]);
            }
        }

        @Override
        public synchronized void write(int octet) throws IOException {
            out.write(octet);
            hearIfWhole(octet);
        }

        private void hearIfWhole(int octet) {
            if (octet == '\n') {
                hear(where, line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(octet);
            }
        }
    }
}
