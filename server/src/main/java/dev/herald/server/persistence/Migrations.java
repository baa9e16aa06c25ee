package dev.herald.server.persistence;

import com.zaxxer.hikari.HikariDataSource;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/**
 * Brings the schema up to date. Safe when several replicas start at once. With a shared directory its tables are left
 * alone, whoever made them.
 */
final class Migrations {
    /** Of advisory locks, which are numbers: "herald" in ASCII. */
    private static final long LOCK = 0x686572616c64L;

    private Migrations() {}

    /** How many migrations were run. */
    static int run(HikariDataSource pool, DirectoryOwner owner) {
        // Flyway's own lock begins after it has looked whether there is anything, where replicas get in each other's
        // way.
        try (Connection connection = Database.connectBeside(pool);
                Statement statement = connection.createStatement()) {
            lock(connection, statement);
            int run = flyway(pool, owner).migrate().migrationsExecuted;
            connection.commit();
            return run;
        } catch (SQLException e) {
            throw new IllegalStateException("the schema can't be brought up to date: " + e.getMessage(), e);
        }
    }

    /** A transaction's lock, not a session's: behind a pooler of transactions a session's would outlive us. */
    private static void lock(Connection connection, Statement statement) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 0);
        connection.setAutoCommit(false);
        statement.execute("SET LOCAL lock_timeout = '10min'");
        statement.execute("SET LOCAL statement_timeout = 0");
        statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
        statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
        // Ends the query's snapshot, which a CREATE INDEX CONCURRENTLY would wait for.
        statement.execute("SET LOCAL lock_timeout = '5s'");
    }

    private static Flyway flyway(DataSource dataSource, DirectoryOwner owner) {
        String[] locations = owner == DirectoryOwner.OWN
                ? new String[] {"classpath:db/directory", "classpath:db/herald"}
                : new String[] {"classpath:db/herald"};
        FluentConfiguration configuration = Flyway.configure()
                .dataSource(dataSource)
                .schemas("public")
                .table("herald_schema_history")
                .locations(locations)
                // A shared database has tables already, and no history of ours.
                .baselineOnMigrate(true)
                // What the other kind of directory ran here once.
                .ignoreMigrationPatterns("*:missing", "*:future")
                .baselineVersion("0");
        // Flyway's own lock is a transaction's too. A CREATE INDEX CONCURRENTLY would wait for it for ever: there is
        // none.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(true);
        return configuration.load();
    }
}
