package dev.herald.server.badinput;

import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.HeraldFixture;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a scene's server has written, and what it does with its database just now. */
final class SceneDatabase implements AutoCloseable {
    /** All that calls write, in one row. Not: what processes note about themselves. */
    private static final String WRITTEN = Stream.of(
                    "users",
                    "student_profiles",
                    "courses",
                    "sessions",
                    "email_notifications",
                    "outbox",
                    "token_states",
                    "request_results",
                    "delivery_pauses")
            .map(table -> "(SELECT string_agg(t::text, '\n' ORDER BY t::text) FROM " + table + " t)")
            .collect(Collectors.joining(", ", "SELECT concat_ws('\n', ", ")"));

    private final HeraldFixture herald;
    private final Connection behind;
    private String remembered = "";

    private SceneDatabase(HeraldFixture herald, Connection behind) {
        this.herald = herald;
        this.behind = behind;
    }

    static SceneDatabase of(HeraldFixture herald) {
        try {
            return new SceneDatabase(herald, DriverManager.getConnection(herald.url()));
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** What stands in the database. */
    String written() throws SQLException {
        try (Statement statement = behind.createStatement();
                ResultSet row = statement.executeQuery(WRITTEN)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Notes what stands there, when everything is prepared for a call. */
    void remember() throws SQLException {
        remembered = written();
    }

    String remembered() {
        return remembered;
    }

    /** Waits until no call waits for a lock, because it has it or has been given up. */
    void awaitNoLockWanted() {
        await().until(() -> herald.number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0);
    }

    /** Waits until nothing that a call began goes on. */
    void awaitIdle() {
        await().until(() -> herald.number("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND pid <> pg_backend_pid() AND state <> 'idle' AND backend_type = 'client backend'")
                == 0);
    }

    @Override
    public void close() throws SQLException {
        behind.close();
    }
}
