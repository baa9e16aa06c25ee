package dev.herald.server.persistence;

import com.zaxxer.hikari.HikariDataSource;
import dev.herald.server.error.PlainWords;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/**
 * Brings the schema up to date. Safe when several replicas start at once. With a shared directory its tables are left
 * alone, whoever made them.
 */
final class Migrations {
    /** Of advisory locks, which are numbers: "herald" in ASCII. */
    private static final long LOCK = 0x686572616c64L;

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    private Migrations() {}

    /** Where the schema stands, and where this process would have it. Changes nothing. */
    static SchemaVersions versions(DataSource dataSource, DirectoryOwner owner) {
        MigrationInfo[] all = flyway(dataSource, owner).info().all();
        return new SchemaVersions(
                newest(all, info -> info.getState().isApplied()),
                newest(all, info -> info.getState().isResolved()),
                (int) Stream.of(all)
                        .filter(info -> info.getState() == MigrationState.PENDING)
                        .count());
    }

    /** The highest version among some of the migrations; empty when there is none. */
    private static String newest(MigrationInfo[] all, Predicate<MigrationInfo> wanted) {
        return Stream.of(all)
                .filter(info -> info.getVersion() != null && wanted.test(info))
                .max(Comparator.comparing(MigrationInfo::getVersion))
                .map(info -> info.getVersion().getVersion())
                .orElse("");
    }

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
        } catch (SQLException | FlywayException e) {
            // Flyway's own message has many lines, of which the database's is the one that helps.
            throw new IllegalStateException("the schema can't be brought up to date: " + PlainWords.ofCause(e), e);
        }
    }

    /**
     * A transaction's lock, not a session's: behind a pooler of transactions a session's would outlive us. Asked for again and
     * again, so that those who wait keep no connection of the pooler's from the one who migrates.
     */
    private static void lock(Connection connection, Statement statement) throws SQLException {
        connection.setAutoCommit(false);
        long end = System.nanoTime() + LONGEST_WAIT.toNanos();
        while (!tryLock(statement)) {
            connection.rollback();
            if (System.nanoTime() - end > 0) {
                throw new SQLException("another process has been at it for " + LONGEST_WAIT.toMinutes() + " minutes");
            }
            LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
        }
        // Ends the query's snapshot too, which a CREATE INDEX CONCURRENTLY would wait for.
        statement.execute("SET LOCAL idle_in_transaction_session_timeout = 0");
    }

    private static boolean tryLock(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT pg_try_advisory_xact_lock(" + LOCK + ")")) {
            return row.next() && row.getBoolean(1);
        }
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
