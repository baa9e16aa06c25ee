package dev.herald.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.cli.remote.RemoteCommand;
import dev.herald.server.testing.HeraldProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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

    @Test
    void usage_wrong_isOneSentenceAndWhereToLook() {
        CommandRun run = run("list", "--limit", "many");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(2).last().asString().startsWith("Usage: herald list --help");
    }

    @Test
    void command_unknownOrNone_isWrongUsageAndAllAreListed() {
        assertThat(run("lst").err()).contains("Did you mean: herald list");
        for (CommandRun run : List.of(run("lst"), run())) {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("Usage: herald", "  send-test ");
        }
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
