package dev.herald.server.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;

class TableTest {
    private static final ColorScheme PLAIN = Help.defaultColorScheme(Ansi.OFF);

    @Test
    void columns_ofUnequalCells_areAsWideAsTheWidest() {
        assertThat(new Table(PLAIN, "id", "name")
                        .row(1, "a")
                        .row(1_000, "ab c")
                        .row(20, "")
                        .toString())
                .isEqualTo("""
                          id  name
                           1  a
                        1000  ab c
                          20
                        """);
    }

    @Test
    void columns_ofColouredCells_areAsWideAsWhatIsSeen() {
        Table table = new Table(Help.defaultColorScheme(Ansi.ON), "state", "n");
        table.row(table.text("failed", Style.fg_red), 7).row("ok", 12);
        String seen = table.toString().replaceAll("\u001b\\[[0-9;]*m", "");
        assertThat(table.toString()).contains("\u001b[31m");
        assertThat(seen.lines().map(String::stripTrailing)).containsExactly("state    n", "failed   7", "ok      12");
    }

    @Test
    void cells_withWhatATerminalWouldObey_showQuestionMarks() {
        assertThat(new Table(PLAIN, "reply")
                        .row("a\u001b[2Jb\nc\u202ed@|red e|@")
                        .toString())
                .isEqualTo("reply\na?[2Jb?c?d@|red e|@\n");
    }

    @Test
    void cells_longerThanAnyTerminal_areKeptWhole() {
        String reply = "550 ".repeat(200);
        assertThat(new Table(PLAIN, "reply").row(reply).toString()).contains(reply.strip());
    }
}
