package dev.herald.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/** What a run finds: a line a case as it comes, and at the end every target beside what was reached. Not thread-safe. */
final class Report {
    private static final int[] WIDTHS = {34, 9, 9, 5, 10, 10, 11, 14, 9, 11};

    private final List<Figures> printed = new ArrayList<>();
    private @Nullable Baseline baseline;

    /**
     * How fast the machine is by itself.
     *
     * @param mails of smtp-source, a second
     * @param echoes of a bare gRPC server, a second
     */
    record Baseline(OptionalDouble mails, double echoes) {}

    /** From now on each line ends with it. */
    void begin(Baseline measured) {
        baseline = measured;
    }

    void print(Figures figures) {
        if (baseline != null) {
            figures.put("run.smtp_source_per_s", baseline.mails()).put("run.echo_per_s", baseline.echoes());
        }
        printed.add(figures);
        System.out.println(figures);
    }

    /** Targets, figures, and those of other programs; empty where nothing has a target. */
    String table() {
        Column[] columns = new Column[WIDTHS.length];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new Column(WIDTHS[i], i == 0 ? 0 : 2, Overflow.SPAN);
        }
        TextTable table = TextTable.forColumns(Help.defaultColorScheme(Help.Ansi.OFF), columns);
        List<String> head = new ArrayList<>(List.of("figure", "target", "here", "met"));
        head.addAll(Others.NAMES);
        table.addRowValues(head.toArray(String[]::new));
        for (Figures figures : printed) {
            for (Figures.Judged judged : figures.judged()) {
                List<String> row = new ArrayList<>(
                        List.of(judged.name(), judged.target(), judged.value(), judged.met() ? "yes" : "no"));
                row.addAll(Others.at(judged.name()));
                table.addRowValues(row.toArray(String[]::new));
            }
        }
        return table.toString();
    }
}
