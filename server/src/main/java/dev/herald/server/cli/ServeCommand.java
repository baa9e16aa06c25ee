package dev.herald.server.cli;

import dev.herald.server.AppConfig;
import dev.herald.server.Application;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.RecordingState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Serves until it is told to end. Settings that are missing or wrong are told all at once, and nothing starts. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description =
                "Serves until SIGTERM or SIGINT. Each setting can be a flag, an environment variable, or a line of the"
                        + " file named by HERALD_CONFIG.")
final class ServeCommand implements Callable<Integer>, SettingFlags.Taker {
    private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);
    /** Longer than stopping takes while the database answers, whatever callers and relays do. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        SettingsReader settings = Settings.load(SettingFlags.given(spec));
        Logging.configure(settings);
        settings.tellDoubts();
        Application application = Application.start(AppConfig.from(settings), Clock.systemUTC());
        CountDownLatch never = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(application), "shutdown"));
        spec.commandLine().getOut().println("herald serves on port " + application.port());
        spec.commandLine().getOut().flush();
        never.await();
        return 0;
    }

    /** Asked to end and ended in order, the exit code is 0; the JVM alone would make it 143. */
    private static void stop(Application application) {
        Thread closing = new Thread(application::close, "closing");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(STOP_LIMIT.toMillis());
        } catch (InterruptedException e) {
            log.debug("interrupted while stopping");
        }
        if (closing.isAlive()) {
            log.warn(
                    "not stopped in order after {} s: what is in hand goes on when its leases run out",
                    STOP_LIMIT.toSeconds());
        }
        writeRecordings();
        Runtime.getRuntime().halt(closing.isAlive() ? 1 : 0);
    }

    /** What Java's flight recorder was asked to keep: it would be written by another shutdown hook, which the halt forestalls. */
    private static void writeRecordings() {
        if (FlightRecorder.isInitialized()) {
            FlightRecorder.getFlightRecorder().getRecordings().stream()
                    .filter(recording -> recording.getState() == RecordingState.RUNNING)
                    .forEach(Recording::stop);
        }
    }
}
