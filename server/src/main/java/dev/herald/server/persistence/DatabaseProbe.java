package dev.herald.server.persistence;

import dev.herald.server.config.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A look at a database by whoever checks the settings: connects as the server would, beside any pool, and changes nothing. Where no
 * database is named it runs the embedded one meanwhile. Used by one thread.
 */
public final class DatabaseProbe implements AutoCloseable {
    private static final String LOGIN_LIMIT = "5";
    private static final String ANSWER_LIMIT = "8";

    private final DatabaseConfig config;
    private final @Nullable EmbeddedDatabase embedded;
    private final String url;
    private final Connection connection;

    private DatabaseProbe(DatabaseConfig config, @Nullable EmbeddedDatabase embedded, String url) throws SQLException {
        this.config = config;
        this.embedded = embedded;
        this.url = url;
        this.connection = DriverManager.getConnection(url, properties(config));
    }

    /**
     * Connects.
     *
     * @throws SQLException when the database refuses, or isn't there
     * @throws RuntimeException when the embedded one can't run; the message says why
     */
    public static DatabaseProbe open(DatabaseConfig config) throws SQLException {
        EmbeddedDatabase embedded = config.url().isPresent() ? null : EmbeddedDatabase.start(config.dataDirectory());
        try {
            return new DatabaseProbe(
                    config, embedded, embedded == null ? config.url().orElseThrow() : embedded.url());
        } catch (SQLException | RuntimeException e) {
            if (embedded != null) {
                embedded.close();
            }
            throw e;
        }
    }

    /** How much further the database's clock is than ours, by the middle of a short question. */
    public Duration clockOffset(Clock clock) throws SQLException {
        Instant before = clock.instant();
        Instant theirs;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            theirs = row.getTimestamp(1).toInstant();
        }
        Instant middle = before.plus(Duration.between(before, clock.instant()).dividedBy(2));
        return Duration.between(middle, theirs);
    }

    /** Where its schema stands. */
    public SchemaVersions schema() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        config.user().ifPresent(source::setUser);
        config.password().map(Secret::reveal).ifPresent(source::setPassword);
        source.setConnectTimeout(Integer.parseInt(LOGIN_LIMIT));
        source.setSocketTimeout(Integer.parseInt(ANSWER_LIMIT));
        return Migrations.versions(source, config.directory());
    }

    @Override
    public void close() throws SQLException {
        try {
            connection.close();
        } finally {
            if (embedded != null) {
                embedded.close();
            }
        }
    }

    private static Properties properties(DatabaseConfig config) {
        Properties properties = new Properties();
        config.user().ifPresent(user -> properties.setProperty("user", user));
        config.password().map(Secret::reveal).ifPresent(password -> properties.setProperty("password", password));
        properties.setProperty("connectTimeout", LOGIN_LIMIT);
        properties.setProperty("loginTimeout", LOGIN_LIMIT);
        properties.setProperty("socketTimeout", ANSWER_LIMIT);
        properties.setProperty("logServerErrorDetail", "false");
        return properties;
    }
}
