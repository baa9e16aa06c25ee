package dev.herald.server.directory;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Inserts or replaces rows of one table, in one statement and one round trip however many they are. Rows are written in the
 * order of their ids, so that calls with the same ids wait for each other instead of deadlocking. Thread-safe.
 */
final class BulkUpsert<T> {
    private final ToLongFunction<T> id;
    private final List<Column<T>> columns;
    private final String sql;

    /** The first column is the table's key, and {@code id} its value. */
    BulkUpsert(String table, ToLongFunction<T> id, List<Column<T>> columns) {
        this.id = id;
        this.columns = columns;
        this.sql = sql(table, columns);
    }

    static <T> Column<T> column(String name, String type, Function<T, ? extends @Nullable Object> value) {
        return new Column<>(name, type, value);
    }

    /** Ids must be distinct. */
    UpsertCount write(Connection connection, List<T> rows) throws SQLException {
        List<T> sorted = rows.stream().sorted(Comparator.comparingLong(id)).toList();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < columns.size(); i++) {
                statement.setArray(i + 1, columns.get(i).array(connection, sorted));
            }
            try (ResultSet counts = statement.executeQuery()) {
                counts.next();
                return new UpsertCount(counts.getInt(1), counts.getInt(2));
            }
        }
    }

    private static <T> String sql(String table, List<Column<T>> columns) {
        // A row that was replaced carries the lock of its own update in xmax; a new one carries none.
        return """
                WITH written AS (
                    INSERT INTO %s (%s) SELECT * FROM unnest(%s)
                    ON CONFLICT (%s) DO UPDATE SET %s
                    RETURNING xmax = 0 AS inserted)
                SELECT count(*) FILTER (WHERE inserted), count(*) FILTER (WHERE NOT inserted) FROM written
                """.formatted(
                table,
                joined(columns, Column::name),
                joined(columns, column -> "?::" + column.type + "[]"),
                columns.get(0).name,
                joined(columns.subList(1, columns.size()), column -> column.name + " = EXCLUDED." + column.name));
    }

    private static <T> String joined(List<Column<T>> columns, Function<Column<T>, String> text) {
        return columns.stream().map(text).collect(Collectors.joining(", "));
    }

    /** A column, its PostgreSQL type, and where its value comes from. */
    record Column<T>(String name, String type, Function<T, ? extends @Nullable Object> value) {
        private java.sql.Array array(Connection connection, List<T> rows) throws SQLException {
            return connection.createArrayOf(type, rows.stream().map(value).toArray());
        }
    }
}
