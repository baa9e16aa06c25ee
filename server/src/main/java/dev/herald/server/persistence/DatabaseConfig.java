package dev.herald.server.persistence;

import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Which database, and who owns what in it.
 *
 * @param url a jdbc:postgresql: URL; empty for a PostgreSQL of our own in {@code dataDirectory}
 * @param user the role to connect as; empty where the URL names one
 * @param password its password
 * @param dataDirectory where our own PostgreSQL keeps its files
 * @param poolSize how many connections to hold at most
 * @param directory who owns the directory's tables
 */
public record DatabaseConfig(
        Optional<String> url,
        Optional<String> user,
        Optional<Secret> password,
        Path dataDirectory,
        int poolSize,
        DirectoryOwner directory) {

    /** Who owns and writes users, student_profiles, courses and sessions. */
    public enum DirectoryOwner {
        /** Herald keeps a copy, fed by DirectoryService. */
        OWN,
        /** The campus system, in the same database; Herald only reads. */
        SHARED
    }

    public static DatabaseConfig from(SettingsReader settings) {
        Optional<String> url = settings.text("DATABASE_URL")
                .map(text -> isReadable(text)
                        ? text
                        : settings.fault("DATABASE_URL", "must be like jdbc:postgresql://host:5432/database", text));
        DirectoryOwner owner = settings.choice("DIRECTORY", DirectoryOwner.OWN);
        if (owner == DirectoryOwner.SHARED && url.isEmpty()) {
            settings.fault("DIRECTORY", "shared needs DATABASE_URL, the database that holds the directory", owner);
        }
        return new DatabaseConfig(
                url,
                settings.text("DATABASE_USER"),
                settings.secret("DATABASE_PASSWORD"),
                settings.path("HERALD_DATA_DIR").orElse(Path.of(".herald")),
                settings.integer("DATABASE_POOL_SIZE", 10, 2, 200),
                owner);
    }

    /** The same database by the URL at which it runs. */
    public DatabaseConfig at(String runningUrl) {
        return new DatabaseConfig(Optional.of(runningUrl), user, password, dataDirectory, poolSize, directory);
    }

    /** Whether PostgreSQL's driver makes sense of it; its own complaint would show a password in it. */
    private static boolean isReadable(String url) {
        try {
            return url.startsWith("jdbc:postgresql:") && DriverManager.getDriver(url) != null;
        } catch (SQLException e) {
            return false;
        }
    }
}
