package dev.herald.server.cli;

import dev.herald.server.ConfigurationChecks;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.system.CheckResult;
import dev.herald.server.system.CheckResult.Outcome;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Looks for what would keep the server from working, and says how to mend it. Changes nothing, but where no database is named it runs
 * the embedded one for a moment.
 */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Checks settings, keys, templates, folders, database, schema, clock, relays and port, and says how to mend"
                        + " what is wrong. Run it where and how serve would run, while serve doesn't. Exit code 1 when"
                        + " something is wrong.")
final class DoctorCommand implements Callable<Integer>, SettingFlags.Taker {
    @Spec
    CommandSpec spec;

    @Override
    public Integer call() {
        SettingsReader settings = Settings.load(SettingFlags.given(spec));
        Logging.configure(settings);
        Logging.set(Logging.LogLevel.ERROR);
        List<CheckResult> results = ConfigurationChecks.beforeStart(settings, Clock.systemUTC());
        results.forEach(this::print);
        return results.stream().anyMatch(result -> result.outcome() == Outcome.FAILED) ? 1 : 0;
    }

    private void print(CheckResult result) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-5s %s: %s%n", word(result.outcome()), result.name(), result.finding());
        if (!result.mend().isEmpty()) {
            out.printf("      mend: %s%n", result.mend());
        }
        out.flush();
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case OK -> "ok";
            case WARNING -> "warn";
            case FAILED -> "WRONG";
        };
    }
}
