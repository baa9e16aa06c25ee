package dev.herald.server.cli;

import dev.herald.server.cli.remote.AuditCommand;
import dev.herald.server.cli.remote.CancelCommand;
import dev.herald.server.cli.remote.CheckCommand;
import dev.herald.server.cli.remote.DeleteCommand;
import dev.herald.server.cli.remote.DeliveryCommand;
import dev.herald.server.cli.remote.GenerateCommand;
import dev.herald.server.cli.remote.ImportCommand;
import dev.herald.server.cli.remote.ListCommand;
import dev.herald.server.cli.remote.PauseCommand;
import dev.herald.server.cli.remote.PreviewCommand;
import dev.herald.server.cli.remote.RemoteCommand;
import dev.herald.server.cli.remote.ResumeCommand;
import dev.herald.server.cli.remote.RetryCommand;
import dev.herald.server.cli.remote.RevokeCommand;
import dev.herald.server.cli.remote.SendTestCommand;
import dev.herald.server.cli.remote.ShowCommand;
import dev.herald.server.cli.remote.StatusCommand;
import dev.herald.server.cli.remote.ValidateCommand;
import dev.herald.server.cli.terminal.Console;
import dev.herald.server.cli.terminal.LengthOfTime;
import dev.herald.server.cli.terminal.Moment;
import dev.herald.server.cli.terminal.WholeNumber;
import dev.herald.server.config.SettingsException;
import dev.herald.server.error.PlainWords;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
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
            StatusCommand.class,
            CheckCommand.class,
            SendTestCommand.class,
            ImportCommand.class,
            GenerateCommand.class,
            DeliveryCommand.class,
            ListCommand.class,
            ShowCommand.class,
            PreviewCommand.class,
            RetryCommand.class,
            CancelCommand.class,
            PauseCommand.class,
            ResumeCommand.class,
            ValidateCommand.class,
            RevokeCommand.class,
            DeleteCommand.class,
            AuditCommand.class,
            KeygenCommand.class,
            CallerTokenCommand.class,
            CompletionCommand.class,
            VersionCommand.class
        })
public final class HeraldCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    /** Runs a command line in this process's surroundings; its exit code. */
    public static int run(String... arguments) {
        return line().setExecutionStrategy(HeraldCommand::execute).execute(arguments);
    }

    /** The same in given ones. */
    public static int run(Console console, String... arguments) {
        return line(console).execute(arguments);
    }

    /** The command line, ready to take arguments. */
    static CommandLine line() {
        return line(Console.ofProcess());
    }

    private static CommandLine line(Console console) {
        CommandLine line = new CommandLine(new HeraldCommand());
        line.setOut(console.out());
        line.setErr(console.err());
        line.setColorScheme(CommandLine.Help.defaultColorScheme(console.colours()));
        line.setUsageHelpAutoWidth(true);
        line.registerConverter(Duration.class, new LengthOfTime());
        line.registerConverter(Instant.class, new Moment());
        line.registerConverter(Long.class, new WholeNumber());
        line.registerConverter(long.class, new WholeNumber());
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            command.getErr().println(command.getColorScheme().errorText(message(failure)));
            return failure instanceof SettingsException ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
        });
        line.setParameterExceptionHandler(HeraldCommand::explain);
        line.getSubcommands().values().forEach(command -> prepare(command, console));
        return line;
    }

    private static void prepare(CommandLine command, Console console) {
        SettingFlags.describe(command);
        if (command.getCommand() instanceof RemoteCommand remote) {
            remote.in(console);
        }
    }

    /** Without a command: wrong usage, and the commands there are. */
    @Override
    public Integer call() {
        CommandLine line = spec.commandLine();
        line.usage(line.getErr(), line.getColorScheme());
        return CommandLine.ExitCode.USAGE;
    }

    /** A call that fails is told by its command, in a sentence; no library needs to. */
    private static int execute(CommandLine.ParseResult parsed) {
        if (parsed.hasSubcommand() && parsed.subcommand().commandSpec().userObject() instanceof RemoteCommand) {
            Logging.silenceCalls();
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    /** Settings are told a line each. */
    private static String message(Exception failure) {
        return failure instanceof SettingsException ? String.valueOf(failure.getMessage()) : PlainWords.of(failure);
    }

    /** What is wrong, and where to look; for programs as other errors are told. Help itself is too much to print unasked. */
    private static int explain(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        String sentence = WrongUsage.sentence(wrong);
        if (command.getCommand() instanceof RemoteCommand && List.of(arguments).contains("--json")) {
            err.println(RemoteCommand.errorLine(sentence));
            return CommandLine.ExitCode.USAGE;
        }
        err.println(command.getColorScheme().errorText(sentence));
        err.println(WrongUsage.hint(command));
        return CommandLine.ExitCode.USAGE;
    }
}
