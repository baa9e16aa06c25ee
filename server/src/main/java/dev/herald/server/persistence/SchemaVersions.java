package dev.herald.server.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Where a database's schema stands.
 *
 * @param present the newest migration that ran there; empty for none
 * @param expected the newest that this process knows
 * @param pending how many of those this process knows have not run
 */
public record SchemaVersions(String present, String expected, int pending) {
    private static final String NEWEST = """
            SELECT version FROM herald_schema_history WHERE success AND version IS NOT NULL
            ORDER BY string_to_array(version, '.')::bigint[] DESC LIMIT 1
            """;

    /** Whether nothing of ours is there yet. */
    public boolean isEmpty() {
        return present.isEmpty() || present.equals("0");
    }

    /** The newest migration that has run by now; empty for none. One statement, cheaper than asking Flyway. */
    public static String newest(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEWEST);
                ResultSet row = statement.executeQuery()) {
            @Nullable String version = row.next() ? row.getString(1) : null;
            return version == null ? "" : version;
        }
    }
}
