package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a tool to its end and picks the number it reports. */
final class CommandOutput {
    private CommandOutput() {}

    /** The first group of the pattern in what the command prints. */
    static double number(Children children, List<String> command, Pattern pattern) {
        Process process = children.start(new ProcessBuilder(command).redirectErrorStream(true));
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher matcher = pattern.matcher(output);
            if (process.waitFor() != 0 || !matcher.find()) {
                throw new IllegalStateException(command.get(0) + " failed:\n" + output);
            }
            return Double.parseDouble(matcher.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
