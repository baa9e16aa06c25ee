package dev.herald.server.persistence;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import dev.herald.server.config.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An open, migrated database: the named one, or a PostgreSQL of our own. Thread-safe; close it last. */
public final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private final @Nullable EmbeddedDatabase embedded;
    private final HikariDataSource pool;
    private final SessionFactory sessions;
    private final QueryStopper stopper;
    private final Transactions transactions;
    private final SchemaVersions schema;

    private Database(
            @Nullable EmbeddedDatabase embedded,
            HikariDataSource pool,
            SessionFactory sessions,
            SchemaVersions schema,
            CallEnd calls) {
        this.embedded = embedded;
        this.pool = pool;
        this.sessions = sessions;
        this.schema = schema;
        this.stopper = new QueryStopper(calls, pool.getMaximumPoolSize());
        this.transactions = new Transactions(sessions, pool, stopper);
    }

    /**
     * Opens, migrates, and maps the entities.
     *
     * @throws RuntimeException when the database can't be reached or migrated; the message says which
     */
    public static Database open(DatabaseConfig config, List<Class<?>> entities) {
        return open(config, entities, CallEnd.NEVER);
    }

    /** The same, for work whose caller may go away. */
    public static Database open(DatabaseConfig config, List<Class<?>> entities, CallEnd calls) {
        EmbeddedDatabase embedded = config.url().isPresent() ? null : EmbeddedDatabase.start(config.dataDirectory());
        HikariDataSource pool = null;
        try {
            pool = pool(config, embedded == null ? config.url().orElseThrow() : embedded.url());
            int migrations = Migrations.run(pool, config.directory());
            log.info("database open, {} migration(s) run", migrations);
            SchemaVersions schema = Migrations.versions(pool, config.directory());
            return new Database(embedded, pool, sessionFactory(pool, entities), schema, calls);
        } catch (RuntimeException e) {
            closeAll(pool, embedded);
            throw e;
        }
    }

    /** Brings the schema up to date and closes again; how many migrations were run. */
    public static int migrate(DatabaseConfig config) {
        EmbeddedDatabase embedded = config.url().isPresent() ? null : EmbeddedDatabase.start(config.dataDirectory());
        HikariDataSource pool = null;
        try {
            pool = pool(config, embedded == null ? config.url().orElseThrow() : embedded.url());
            return Migrations.run(pool, config.directory());
        } finally {
            closeAll(pool, embedded);
        }
    }

    /** Has the pool's figures kept from now on; call it once. */
    public void measure(MeterRegistry meters) {
        pool.setMetricRegistry(meters);
    }

    public Transactions transactions() {
        return transactions;
    }

    /** Where it is. */
    public String url() {
        return pool.getJdbcUrl();
    }

    /** Where its schema stood when it was opened. */
    public SchemaVersions schema() {
        return schema;
    }

    /** New connections log in with this password; those that are open go on. */
    public void replacePassword(Secret password) {
        pool.setPassword(password.reveal());
    }

    /** Calls back at every NOTIFY on a channel, on a connection beside the pool. */
    public ChannelListener listen(String channel, Runnable heard) {
        return ChannelListener.start(() -> connectBeside(pool), channel, heard);
    }

    /** A connection that isn't the pool's, which may be small and gives up waiting early. */
    static Connection connectBeside(HikariDataSource pool) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(pool.getDataSourceProperties());
        if (pool.getUsername() != null) {
            properties.setProperty("user", pool.getUsername());
        }
        if (pool.getPassword() != null) {
            properties.setProperty("password", pool.getPassword());
        }
        return DriverManager.getConnection(pool.getJdbcUrl(), properties);
    }

    @Override
    public void close() {
        stopper.close();
        sessions.close();
        closeAll(pool, embedded);
    }

    private static void closeAll(@Nullable HikariDataSource pool, @Nullable EmbeddedDatabase embedded) {
        if (pool != null) {
            pool.close();
        }
        if (embedded != null) {
            embedded.close();
        }
    }

    private static HikariDataSource pool(DatabaseConfig config, String url) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("herald");
        pool.setJdbcUrl(url);
        config.user().ifPresent(pool::setUsername);
        Optional<Secret> password = config.password();
        password.map(Secret::reveal).ifPresent(pool::setPassword);
        pool.setMaximumPoolSize(config.poolSize());
        pool.setConnectionTimeout(Duration.ofSeconds(5).toMillis());
        pool.setKeepaliveTime(Duration.ofSeconds(60).toMillis());
        pool.addDataSourceProperty("ApplicationName", "herald");
        pool.addDataSourceProperty("connectTimeout", "5");
        pool.addDataSourceProperty("socketTimeout", "30");
        pool.addDataSourceProperty("cancelSignalTimeout", "5");
        pool.addDataSourceProperty("tcpKeepAlive", "true");
        pool.addDataSourceProperty("targetServerType", "primary");
        // The detail of an error quotes rows.
        pool.addDataSourceProperty("logServerErrorDetail", "false");
        pool.addDataSourceProperty("reWriteBatchedInserts", "true");
        // Cancelling a session of 100,000 students took 3 s for all of its statements together.
        pool.setConnectionInitSql("SET SESSION statement_timeout = '10s'; SET SESSION lock_timeout = '3s';"
                + " SET SESSION idle_in_transaction_session_timeout = '30s'; SET SESSION TIME ZONE 'UTC'");
        try {
            return new HikariDataSource(pool);
        } catch (HikariPool.PoolInitializationException e) {
            throw new IllegalStateException(
                    "DATABASE_URL: can't connect to " + withoutParameters(url) + ": " + rootMessage(e)
                            + "; look at DATABASE_URL, DATABASE_USER and DATABASE_PASSWORD",
                    e);
        }
    }

    /** Parameters may hold a password. */
    private static String withoutParameters(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof UnknownHostException ? "no such host" : String.valueOf(root.getMessage());
    }

    private static SessionFactory sessionFactory(DataSource pool, List<Class<?>> entities) {
        Configuration configuration = new Configuration();
        entities.forEach(configuration::addAnnotatedClass);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
        configuration.setProperty(AvailableSettings.JDBC_TIME_ZONE, "UTC");
        configuration.setProperty(AvailableSettings.STATEMENT_BATCH_SIZE, "1000");
        configuration.setProperty(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, "false");
        return configuration.buildSessionFactory();
    }
}
