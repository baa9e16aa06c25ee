package dev.herald.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.cli.remote.RemoteCommand;
import dev.herald.server.testing.HeraldProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

class HeraldCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("commands")
    void help_ofEveryCommand_isPrinted(Class<?> command) {
        CommandRun run = run(name(command), "--help").succeeded();
        assertThat(run.out()).startsWith("Usage: herald " + name(command));
        assertThat(run.err()).isEmpty();
        if (RemoteCommand.class.isAssignableFrom(command)) {
            assertThat(run.out()).contains("Example", "herald " + name(command) + " ", "--json", "--server");
        }
    }

    @Test
    void help_ofHerald_listsEveryCommand() {
        String help = run("--help").succeeded().out();
        assertThat(commands()).allSatisfy(command -> assertThat(help).contains("  " + name(command) + " "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    lst                                | lst: no such command; did you mean list?
                    --jsn                              | --jsn: no such option
                    list --limit many                  | --limit: must be a whole number
                    list --limit=-1                    | --limit: must be 0 for all, or a positive whole number
                    list --limit                       | --limit: N is missing: at most so many, 0 for all (100)
                    list --lmit 3                      | --lmit: no such option; did you mean --limit?
                    serve --grpc-prot 1                | --grpc-prot: no such option; did you mean --grpc-port?
                    list --limti 3                     | --limti: no such option; did you mean --limit?
                    list --bearer=sesame               | --bearer: no such option
                    list 42                            | takes options only
                    list --limit 1 --limit 2           | --limit: must stand once
                    eyJhbGciOiJIUzI1NiJ9.eyJzIjoxfQ.c2lnbmF0dXJl | no such command
                    list --eyJhbGciOiJIUzI1NiJ9        | no such option
                    list -c2lnbmF0dXJl                 | no such option
                    list --limit_                      | no such option; did you mean --limit?
                    kxsesameqlwpvnmtrybhgzd            | no such command
                    list --json=x                      | --json: must be alone
                    list --status lost                 | --status: must be one of pending, sent, failed
                    list --created-after monday        | --created-after: must be a moment such as 2026-11-22T10:00:00Z, or 2h for two hours ago
                    list --timeout soon                | --timeout: must be a number with s, m, h or d, such as 1h
                    list --server herald               | --server: must be a host and a port, such as herald.campus.example:9090
                    show                               | EMAIL_ID is missing: its id, as herald list tells
                    show 1 2                           | takes only EMAIL_ID besides options
                    show first                         | EMAIL_ID: must be a whole number
                    pause                              | one of --for, --until is missing
                    pause --for 1h --until 2026-11-22T10:00:00Z | only one of --for, --until can be given
                    revoke                             | one of --session, EMAIL_ID, --tokens is missing
                    delete --user 7                    | --yes is missing: deleting can't be undone
                    caller-token                       | --role: ROLE is missing: session, attendance, reader or admin
                    caller-token --role boss           | --role: must be session, attendance, reader or admin
                    """)
    void usage_wrong_isOneSentenceThatNamesTheOptionAndWhereToLook(String line, String complaint) {
        CommandRun run = run(line.split(" "));
        String first = line.split(" ")[0];
        String command = commands().anyMatch(one -> name(one).equals(first)) ? "herald " + first : "herald";
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).containsExactly(complaint, "See '" + command + " --help'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    list --json --json                 | --json: must stand once
                    list --json --limit many           | --limit: must be a whole number
                    retry --json                       | name ids, or a filter
                    """)
    void usage_wrongWithJson_isAnErrorForPrograms(String line, String complaint) {
        CommandRun run = run(line.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.error().get("message").getAsString()).startsWith(complaint);
    }

    @Test
    void command_none_isWrongUsageAndAllAreListed() {
        assertThat(run().exitCode()).isEqualTo(2);
        assertThat(run().err()).contains("Usage: herald", "  send-test ");
    }

    @Test
    void callerToken_wrongLength_isWrongUsage() {
        CommandRun run = run("caller-token", "--role", "admin", "--expires-in", "soon");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--expires-in", "such as 1h");
    }

    @Test
    void completion_inBash_completesCommandsOptionsAndValues() throws IOException {
        Path script = Files.writeString(
                folder.resolve("completion"), run("completion").succeeded().out());
        assertThat(completed(script, "herald stat")).contains("status");
        assertThat(completed(script, "herald list --limi")).contains("--limit");
        assertThat(completed(script, "herald list --status ")).contains("pending", "sent", "failed");
    }

    static Stream<Class<?>> commands() {
        return Arrays.stream(HeraldCommand.class.getAnnotation(Command.class).subcommands());
    }

    /** What bash proposes at the end of a line. */
    private static String completed(Path script, String line) {
        String words = "COMP_LINE='" + line + "' COMP_POINT=${#COMP_LINE}; read -ra COMP_WORDS <<<\"$COMP_LINE\";"
                + " [[ $COMP_LINE != *' ' ]] || COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1));";
        String bash = "source '" + script + "'; " + words + " _complete_herald; printf '%s\\n' \"${COMPREPLY[@]}\"";
        return HeraldProcess.finish(new ProcessBuilder("bash", "-c", bash)).out();
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    private static CommandRun run(String... arguments) {
        return CommandRun.of(Map.of(), "", arguments);
    }
}
