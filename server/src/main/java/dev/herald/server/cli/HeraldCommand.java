package dev.herald.server.cli;

import dev.herald.server.config.SettingsException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "herald",
        description = "Campus notifications by e-mail and short-lived signed links, as a gRPC service.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.Provider.class,
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            MigrateCommand.class,
            DoctorCommand.class,
            HealthCommand.class,
            KeygenCommand.class,
            CallerTokenCommand.class,
            VersionCommand.class
        })
public final class HeraldCommand implements Runnable {
    @Spec
    CommandSpec spec;

    /** Runs a command line; its exit code. */
    public static int run(String... arguments) {
        return line().execute(arguments);
    }

    /** The command line, ready to take arguments. */
    static CommandLine line() {
        CommandLine line = new CommandLine(new HeraldCommand());
        line.setUsageHelpAutoWidth(true);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText(message(failure)));
            return failure instanceof SettingsException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        line.getSubcommands().values().forEach(SettingFlags::describe);
        return line;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "name a command");
    }

    private static String message(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
}
