package dev.herald.server.cli;

import dev.herald.server.AppConfig;
import dev.herald.server.caller.CallerTokens;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints a bearer token for a caller, signed with AUTH_JWT_SECRET, and nothing else. */
@Command(
        name = "caller-token",
        mixinStandardHelpOptions = true,
        description = "Prints a bearer token for a caller and nothing else. Needs AUTH_JWT_SECRET, or its _FILE.")
final class CallerTokenCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--role",
            required = true,
            paramLabel = "ROLE",
            description = "session, attendance, reader or admin")
    String role;

    @Option(
            names = "--subject",
            defaultValue = "cli",
            paramLabel = "NAME",
            description = "who it is for (${DEFAULT-VALUE})")
    String subject;

    @Option(
            names = "--expires-in",
            defaultValue = "1h",
            paramLabel = "TIME",
            description = "how long it is good, such as 30s, 15m, 1h or 7d (${DEFAULT-VALUE})")
    Duration expiresIn;

    @Override
    public Integer call() {
        Role named = Role.of(role).orElseThrow(() -> wrong("--role: must be session, attendance, reader or admin"));
        SettingsReader settings = Settings.load(Map.of());
        String token = new CallerTokens(AppConfig.callerKey(settings), Clock.systemUTC())
                .issue(subject, Set.of(named), expiresIn);
        spec.commandLine().getOut().println(token);
        return 0;
    }

    private CommandLine.ParameterException wrong(String what) {
        return new CommandLine.ParameterException(spec.commandLine(), what);
    }
}
