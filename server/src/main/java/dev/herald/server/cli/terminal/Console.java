package dev.herald.server.cli.terminal;

import dev.herald.server.config.Settings;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * What a command finds around it.
 *
 * @param environment its environment variables
 * @param in what is typed or piped to it
 * @param out where its answer goes, in UTF-8 whatever the machine's locale
 * @param err where progress and complaints go
 * @param interactive whether a person watches: progress and the live screen are for people only
 * @param colours on a terminal, unless NO_COLOR is set
 */
public record Console(
        Map<String, String> environment,
        InputStream in,
        PrintWriter out,
        PrintWriter err,
        boolean interactive,
        Ansi colours) {
    /** This process's own. */
    public static Console ofProcess() {
        return new Console(
                Settings.environment(),
                System.in,
                new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true),
                new PrintWriter(new OutputStreamWriter(System.err, StandardCharsets.UTF_8), true),
                isTerminal(),
                Ansi.AUTO);
    }

    /** From 22 on there is a console without a terminal too, which can be told apart by a method that 17 hasn't got. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        java.io.Console console = System.console();
        if (console == null || Runtime.version().feature() < 22) {
            return console != null;
        }
        try {
            return Boolean.TRUE.equals(
                    java.io.Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
