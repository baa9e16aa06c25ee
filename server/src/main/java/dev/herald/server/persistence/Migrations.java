package dev.herald.server.persistence;

import dev.herald.server.persistence.DatabaseConfig.DirectoryOwner;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/**
 * Brings the schema up to date. Safe when several replicas start at once. With a shared directory its tables are left
 * alone, whoever made them.
 */
final class Migrations {
    private Migrations() {}

    /** How many migrations were run. */
    static int run(DataSource dataSource, DirectoryOwner owner) {
        return flyway(dataSource, owner).migrate().migrationsExecuted;
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
