package dev.herald.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.telemetry.LogEncoder;
import dev.herald.server.telemetry.LogFormat;
import java.util.Iterator;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets how much is logged, and in which form. */
final class Logging {
    /** The levels of LOG_LEVEL. */
    enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    private Logging() {}

    static void configure(SettingsReader settings) {
        write(settings.choice("LOG_FORMAT", LogFormat.TEXT));
        set(settings.choice("LOG_LEVEL", LogLevel.INFO));
    }

    /** The form of everything that is logged, by libraries that use java.util.logging too. */
    private static void write(LogFormat format) {
        bridge();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        for (Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders(); appenders.hasNext(); ) {
            if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> stream
                    && stream.getEncoder() instanceof LogEncoder encoder) {
                encoder.setFormat(format);
            }
        }
    }

    private static void bridge() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    /** For commands that say themselves why a call failed. */
    static void silenceCalls() {
        bridge();
        ((Logger) LoggerFactory.getLogger("io.grpc")).setLevel(Level.OFF);
    }

    /** Levels of Herald's own loggers; libraries stay at warnings. */
    static void set(LogLevel level) {
        Logger ours = (Logger) LoggerFactory.getLogger("dev.herald");
        ours.setLevel(Level.toLevel(level.name()));
    }
}
