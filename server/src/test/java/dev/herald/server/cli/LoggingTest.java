package dev.herald.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import com.google.gson.JsonParser;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LoggingTest {
    private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);

    @AfterEach
    void asUsual() {
        Logging.configure(settings(Map.of()));
    }

    @Test
    void configure_json_hasTheConsoleWriteObjects() {
        Logging.configure(settings(Map.of("LOG_FORMAT", "json")));
        assertThat(JsonParser.parseString(written("a line"))
                        .getAsJsonObject()
                        .get("message")
                        .getAsString())
                .isEqualTo("a line");
        Logging.configure(settings(Map.of("LOG_FORMAT", "text")));
        assertThat(written("a line")).endsWith("INFO  Some: a line\n");
    }

    @Test
    void configure_formatNobodyKnows_isAMistakeInTheSettings() {
        SettingsReader settings = settings(Map.of("LOG_FORMAT", "xml"));
        Logging.configure(settings);
        assertThatThrownBy(settings::check).hasMessageContaining("LOG_FORMAT: must be one of text, json");
    }

    /** Such as gRPC, and the exporter of spans. */
    @Test
    void configure_anything_bringsWhatLibrariesLogByJavaUtilLogging() {
        Logging.configure(settings(Map.of()));
        ListAppender<ILoggingEvent> heard = new ListAppender<>();
        heard.start();
        root.addAppender(heard);
        java.util.logging.Logger.getLogger("some.library").warning("of this test");
        root.detachAppender(heard);
        assertThat(heard.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("of this test");
        assertThat(java.util.logging.Logger.getLogger("").getHandlers()).hasSize(1);
    }

    private String written(String message) {
        ConsoleAppender<ILoggingEvent> console = (ConsoleAppender<ILoggingEvent>) root.getAppender("CONSOLE");
        LoggingEvent event = new LoggingEvent(
                "", (Logger) LoggerFactory.getLogger("dev.herald.Some"), Level.INFO, message, null, null);
        return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
    }

    private static SettingsReader settings(Map<String, String> settings) {
        return Settings.of(settings, Map.of());
    }
}
