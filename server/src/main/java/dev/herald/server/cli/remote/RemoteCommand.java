package dev.herald.server.cli.remote;

import com.google.protobuf.Message;
import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.Console;
import dev.herald.server.cli.terminal.Table;
import dev.herald.server.config.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A command that calls a running server. Its answer goes to standard output: text for people, with --json each answer of the server
 * as one line of JSON, every field included. Exit codes: 0 done, 1 failed, 2 wrong usage.
 */
@Command(
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeOnInvalidInput = CommandLine.ExitCode.USAGE)
public abstract class RemoteCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Mixin
    ServerOptions server;

    private @Nullable Console console;
    private @Nullable Connection connection;

    /** Has it run in given surroundings. */
    public final void in(Console surroundings) {
        console = surroundings;
    }

    /** What is wrong with its usage, as programs are told of errors. */
    public static String errorLine(String message) {
        return CallFault.of(message).json();
    }

    /** The least role that may make its calls. */
    abstract Role role();

    /** Makes its calls; the exit code. */
    abstract int run(HeraldClient herald) throws IOException;

    @Override
    public final Integer call() {
        try (Connection connection = server.connect(console(), role())) {
            return run(connection);
        } catch (SettingsException e) {
            return fail(CallFault.of(e), CommandLine.ExitCode.USAGE);
        } catch (IOException | UncheckedIOException e) {
            return fail(CallFault.of(e), CommandLine.ExitCode.SOFTWARE);
        }
    }

    private int run(Connection connection) throws IOException {
        this.connection = connection;
        try {
            return run(connection.client());
        } catch (ServiceCallException e) {
            return fail(CallFault.of(e, connection), CommandLine.ExitCode.SOFTWARE);
        }
    }

    /** What a failed call means, for people. */
    final String sentence(ServiceCallException failure) {
        return CallFault.of(failure, Objects.requireNonNull(connection, "connection"))
                .text();
    }

    private int fail(CallFault fault, int exitCode) {
        console().out().flush();
        console().err().println(server.json ? fault.json() : colours().errorText(fault.text()));
        return exitCode;
    }

    final Console console() {
        return Objects.requireNonNull(console, "surroundings");
    }

    /** Prints an answer: for people the text, which may have several lines. */
    final void answer(Message answer, Object text) {
        if (server.json) {
            answer(answer);
        } else {
            tell(text);
        }
    }

    /** Prints an answer with --json; what people get to see of it comes later. */
    final void answer(Message answer) {
        if (server.json) {
            print(Json.line(answer));
        }
    }

    /** Prints what people get to see of the answers so far; nothing with --json. */
    final void tell(Object text) {
        if (!server.json) {
            print(text.toString().stripTrailing());
        }
    }

    private void print(String text) {
        console().out().println(text);
        console().out().flush();
    }

    final Table table(String... head) {
        return new Table(colours(), head);
    }

    final CommandLine.Help.ColorScheme colours() {
        return spec.commandLine().getColorScheme();
    }

    /** Wrong usage, found after parsing. */
    final CommandLine.ParameterException wrong(String what) {
        return new CommandLine.ParameterException(spec.commandLine(), what);
    }
}
