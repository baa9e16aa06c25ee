package dev.herald.server.delivery;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Keeps the planner, to the end of the transaction, from reading and sorting the whole queue for each batch. A queue is empty one moment
 * and long the next, so its statistics are wrong most of the time, and a plan made for an empty table stays with the connection.
 */
final class PlanByIndex {
    /** In front of a statement, so that it costs no round trip; SET LOCAL would do nothing where the two are all of a transaction. */
    private static final String SETTINGS =
            "SELECT set_config('enable_sort', 'off', true), set_config('enable_seqscan', 'off', true);\n";

    private PlanByIndex() {}

    /** A statement with the settings in front; {@link #rows} runs it. */
    static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        return connection.prepareStatement(SETTINGS + sql);
    }

    /** Runs such a statement; its own rows. */
    static ResultSet rows(PreparedStatement prepared) throws SQLException {
        prepared.execute();
        prepared.getMoreResults();
        return prepared.getResultSet();
    }
}
