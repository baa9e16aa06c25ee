package dev.herald.server.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Gives each test class the levels of logging that the first one met: commands that run in the same process turn them for good.
 * Found by JUnit itself (META-INF/services). Thread-safe.
 */
public final class UsualLogging implements BeforeAllCallback {
    private static final Map<String, Level> USUAL = new ConcurrentHashMap<>();

    static {
        for (Logger logger : context().getLoggerList()) {
            if (logger.getLevel() != null) {
                USUAL.put(logger.getName(), logger.getLevel());
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context().getLoggerList().forEach(logger -> logger.setLevel(USUAL.get(logger.getName())));
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }
}
