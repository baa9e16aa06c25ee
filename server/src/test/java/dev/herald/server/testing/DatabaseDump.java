package dev.herald.server.testing;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** A database as text, as a thief of its dump would read it. */
public final class DatabaseDump {
    private DatabaseDump() {}

    /** Every row of every table: the table's name and the row's columns, between upright strokes. */
    public static List<String> of(String url) {
        return of(
                url, Rows.texts(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"));
    }

    /** The same of some tables only. */
    public static List<String> of(String url, List<String> tables) {
        try (Connection connection = DriverManager.getConnection(url)) {
            List<String> rows = new ArrayList<>();
            for (String table : tables) {
                String columns = String.join(", ", texts(connection, """
                        SELECT CASE data_type WHEN 'bytea' THEN 'encode(' || column_name || ', ''escape'')'
                            ELSE column_name || '::text' END
                        FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '%s'
                        ORDER BY ordinal_position""".formatted(table)));
                rows.addAll(texts(
                        connection,
                        "SELECT concat_ws('|', '" + table + "', " + columns + ") AS row FROM " + table
                                + " ORDER BY row"));
            }
            return rows;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }
}
