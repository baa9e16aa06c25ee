package dev.herald.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What is in schema public, as text that is the same whenever the schema is: a line a column, constraint, index, trigger. */
final class SchemaDump {
    private static final String TABLES = """
            SELECT c.oid, c.relname FROM pg_class c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'herald_schema_history'
            """;

    /** Everything that belongs to a table: its name, what kind of thing (in the order shown), and the line. */
    private static final String LINES = """
            SELECT t.relname, 0, 0, 'table ' || t.relname || coalesce(' with ' || array_to_string(c.reloptions, ', '), '')
            FROM t JOIN pg_class c ON c.oid = t.oid
            UNION ALL
            SELECT t.relname, 1, a.attnum, '  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
                || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
                || CASE a.attidentity WHEN 'a' THEN ' identity always' WHEN 'd' THEN ' identity by default' ELSE '' END
                || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
            FROM t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
                LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
            UNION ALL
            SELECT t.relname, 2, 0, '  constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
            FROM t JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype <> 'n'
            UNION ALL
            SELECT t.relname, 3, 0, '  ' || pg_get_indexdef(i.indexrelid) FROM t JOIN pg_index i ON i.indrelid = t.oid
            UNION ALL
            SELECT t.relname, 4, 0, '  ' || pg_get_triggerdef(g.oid)
            FROM t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
            """;

    private static final String FUNCTIONS = """
            SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
            ORDER BY proname COLLATE "C"
            """;

    private SchemaDump() {}

    /** The whole schema, but for the migrations' own book. */
    static String of(String url) {
        return tables(url, "") + "\n" + String.join("\n", query(url, FUNCTIONS));
    }

    /** Some of its tables only. */
    static String ofTables(String url, String... names) {
        return tables(url, " AND c.relname IN ('" + String.join("', '", names) + "')");
    }

    /** The first column of a query. */
    static List<String> query(String url, String sql) {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static String tables(String url, String condition) {
        String sql = "WITH t AS (" + TABLES + condition + "), lines (name, kind, place, line) AS (" + LINES
                + ") SELECT line FROM lines ORDER BY name COLLATE \"C\", kind, place, line COLLATE \"C\"";
        return String.join("\n", query(url, sql)) + "\n";
    }
}
