package dev.herald.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.herald.server.config.SettingsReader;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets how much is logged. */
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
        set(settings.choice("LOG_LEVEL", LogLevel.INFO));
    }

    /** For commands that say themselves why a call failed. */
    static void silenceCalls() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        ((Logger) LoggerFactory.getLogger("io.grpc")).setLevel(Level.OFF);
    }

    /** Levels of Herald's own loggers; libraries stay at warnings. */
    static void set(LogLevel level) {
        Logger ours = (Logger) LoggerFactory.getLogger("dev.herald");
        ours.setLevel(Level.toLevel(level.name()));
    }
}
