package dev.herald.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.herald.server.cli.terminal.Console;
import dev.herald.server.testing.HeraldFixture;
import java.io.BufferedWriter;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** What a command line came to. */
public record CommandRun(int exitCode, String out, String err) {
    /** Runs one that is not on a terminal, in an environment of its own. */
    public static CommandRun of(Map<String, String> environment, String in, String... arguments) {
        return of(environment, in, Ansi.OFF, arguments);
    }

    /** The same with colours or without. What is never flushed is lost, as when a process ends. */
    public static CommandRun of(Map<String, String> environment, String in, Ansi colours, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Console console = new Console(
                environment,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintWriter(new BufferedWriter(out), true),
                new PrintWriter(new BufferedWriter(err), true),
                false,
                colours);
        int exitCode = HeraldCommand.run(console, arguments);
        return new CommandRun(exitCode, out.toString(), err.toString());
    }

    /** As an administrator types it on the machine of a server on that port. */
    public static CommandRun beside(int port, String... arguments) {
        return of(environment(port), "", arguments);
    }

    /** The settings of a server on that port. */
    public static Map<String, String> environment(int port) {
        return Map.of("GRPC_PORT", Integer.toString(port), "AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY);
    }

    /** It did what it was told, and complained of nothing. */
    public CommandRun succeeded() {
        assertThat(exitCode).as(out + err).isZero();
        return this;
    }

    /** What --json printed: an object a line. */
    public List<JsonObject> answers() {
        return out.lines()
                .map(line -> JsonParser.parseString(line).getAsJsonObject())
                .toList();
    }

    /** The only one. */
    public JsonObject answer() {
        assertThat(answers()).as(err).hasSize(1);
        return answers().get(0);
    }

    /** What --json complained. */
    public JsonObject error() {
        return JsonParser.parseString(err).getAsJsonObject().getAsJsonObject("error");
    }

    /** The words of the only line that begins so. */
    public List<String> row(String start) {
        List<String> lines =
                out.lines().filter(line -> line.strip().startsWith(start)).toList();
        assertThat(lines).as("lines of\n%s\nthat begin with %s", out, start).hasSize(1);
        return List.of(lines.get(0).strip().split("\\s{2,}"));
    }
}
