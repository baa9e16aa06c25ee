package dev.herald.server.cli.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/**
 * A table for people: columns as wide as their widest cell, numbers to the right. What isn't printable in a cell is shown as a
 * question mark, so that nothing a relay or a caller said reaches the terminal as a command. Not thread-safe.
 */
public final class Table {
    private static final int GAP = 2;

    private final ColorScheme colours;
    private final List<Text[]> rows = new ArrayList<>();
    private final boolean[] toTheRight;

    /** A table with a head. */
    public Table(ColorScheme colours, String... head) {
        this.colours = colours;
        this.toTheRight = new boolean[head.length];
        rows.add(Arrays.stream(head).map(word -> text(word, Style.bold)).toArray(Text[]::new));
    }

    /** Adds a row: a {@link Text} as it is, anything else by its toString, with nothing for an empty one. */
    public Table row(Object... cells) {
        Text[] row = new Text[toTheRight.length];
        for (int i = 0; i < row.length; i++) {
            toTheRight[i] |= cells[i] instanceof Number;
            row[i] = cells[i] instanceof Text text ? text : text(cells[i].toString());
        }
        rows.add(row);
        return this;
    }

    /** A cell in a colour, for example. */
    public Text text(String content, IStyle... styles) {
        return colours.apply(printable(content), List.of(styles));
    }

    /** The same text with a question mark for each character that isn't printable. */
    static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    }

    /** Its lines, each with a line break. */
    @Override
    public String toString() {
        int[] widths = widths();
        Column[] columns = Arrays.stream(widths)
                .mapToObj(width -> new Column(width + GAP, 0, Overflow.TRUNCATE))
                .toArray(Column[]::new);
        TextTable table = TextTable.forColumns(colours, columns);
        rows.forEach(row -> table.addRowValues(aligned(row, widths)));
        return table.toString();
    }

    private int[] widths() {
        int[] widths = new int[toTheRight.length];
        for (Text[] row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], length(row[i]));
            }
        }
        return widths;
    }

    private Text[] aligned(Text[] row, int[] widths) {
        Text[] aligned = row.clone();
        for (int i = 0; i < row.length; i++) {
            if (toTheRight[i]) {
                aligned[i] = colours.apply(" ".repeat(widths[i] - length(row[i])), List.of())
                        .concat(row[i]);
            }
        }
        return aligned;
    }

    private static int length(Text text) {
        return text.plainString().length();
    }
}
