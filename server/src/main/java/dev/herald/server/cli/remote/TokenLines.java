package dev.herald.server.cli.remote;

import dev.herald.server.cli.terminal.Console;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Tokens, one a line: command lines are public on a machine, files and pipes aren't. */
final class TokenLines {
    private TokenLines() {}

    /**
     * Those of a file, without blank lines.
     *
     * @param file its name, or - for standard input
     */
    static List<String> of(String file, Console console) throws IOException {
        if (file.equals("-")) {
            return lines(console.in());
        }
        try (InputStream stream = Files.newInputStream(Path.of(file))) {
            return lines(stream);
        } catch (IOException e) {
            // What looks like a file's name may be a token, given by mistake; it mustn't be said again.
            throw new IOException(
                    "can't read the file named; name one with a token a line, or - for standard input", e);
        }
    }

    private static List<String> lines(InputStream stream) {
        return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
