package dev.herald.server.persistence;

import com.zaxxer.hikari.HikariDataSource;
import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
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
        try (Connection connection = connect(pool);
                Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '10min'");
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
            return flyway(pool, owner).migrate().migrationsExecuted;
        } catch (SQLException e) {
            throw new IllegalStateException("the schema can't be brought up to date: " + e.getMessage(), e);
        }
    }

    /** Beside the pool, which may be small and gives up waiting early. The lock goes when it is closed. */
    private static Connection connect(HikariDataSource pool) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(pool.getDataSourceProperties());
        properties.remove("socketTimeout");
        if (pool.getUsername() != null) {
            properties.setProperty("user", pool.getUsername());
        }
        if (pool.getPassword() != null) {
            properties.setProperty("password", pool.getPassword());
        }
        return DriverManager.getConnection(pool.getJdbcUrl(), properties);
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
        // Without this a CREATE INDEX CONCURRENTLY waits for Flyway's own lock for ever.
        configuration
                .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
                .setTransactionalLock(false);
        return configuration.load();
    }
}
