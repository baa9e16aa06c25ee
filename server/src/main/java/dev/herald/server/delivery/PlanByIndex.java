package dev.herald.server.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Keeps the planner, for the rest of a transaction, from reading and sorting the whole queue for each batch. A queue is empty one moment
 * and long the next, so its statistics are wrong most of the time, and a plan made for an empty table stays with the connection.
 */
final class PlanByIndex {
    /** To be put before a statement, in the same round trip; SET LOCAL would do nothing where the two are all of the transaction. */
    static final String SQL =
            "SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true);\n";

    private PlanByIndex() {}

    static void set(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(SQL);
        }
    }
}
