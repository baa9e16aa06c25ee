package dev.herald.server.testing;

import dev.herald.server.config.Settings;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A real PostgreSQL for tests: one server a JVM, one new, migrated database a call. */
public final class TestDatabase {
    private static final EmbeddedPostgres SERVER = start();
    private static final AtomicInteger NUMBER = new AtomicInteger();

    static {
        // A busy machine is slow, not wrong.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
        execute("postgres", "CREATE DATABASE herald_template");
        Database.migrate(config("herald_template"));
    }

    private TestDatabase() {}

    /** The JDBC URL of a new database with the schema in it, for a server under test. */
    public static String newDatabase() {
        String name = "herald_" + NUMBER.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name + " TEMPLATE herald_template");
        return url(name);
    }

    /** The JDBC URL of a new database with nothing in it. */
    public static String newEmptyDatabase() {
        String name = "empty_" + NUMBER.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name);
        return url(name);
    }

    /** A new database, open. The caller closes it. */
    public static Database open(Class<?>... entities) {
        return Database.open(configOf(newDatabase()), List.of(entities));
    }

    /** How a server would be configured for a URL of this class. */
    public static DatabaseConfig configOf(String url) {
        return DatabaseConfig.from(Settings.of(Map.of("DATABASE_URL", url, "DATABASE_POOL_SIZE", "8"), Map.of()));
    }

    /** Runs one statement on a database of this class, as a test's own hand. */
    public static int update(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** The one number a query on a database of this class gives. */
    public static long number(String url, String sql) {
        return numbers(url, sql)[0];
    }

    /** The numbers of a query's first column. */
    public static long[] numbers(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            LongStream.Builder numbers = LongStream.builder();
            while (rows.next()) {
                numbers.add(rows.getLong(1));
            }
            return numbers.build().toArray();
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Active students with their users, as rows. */
    static void insertStudents(String url, long firstId, int count, long programId) {
        String ids = " FROM generate_series(" + firstId + "::bigint, " + (firstId + count - 1) + ") AS id";
        update(
                url,
                "INSERT INTO users SELECT id, 'student' || id || '@campus.example', 'First' || id, 'Last' || id,"
                        + " 'student', true" + ids);
        update(url, "INSERT INTO student_profiles SELECT id, id, " + programId + ", NULL, true" + ids);
    }

    private static DatabaseConfig config(String name) {
        return configOf(url(name));
    }

    private static String url(String name) {
        return SERVER.getJdbcUrl("postgres", name);
    }

    private static void execute(String database, String sql) {
        update(url(database), sql);
    }

    /** The library would take half a minute to delete what the databases of a whole run leave behind. */
    private static EmbeddedPostgres start() {
        try {
            Path folder = Files.createTempDirectory("herald-postgresql");
            EmbeddedPostgres server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "300")
                    .setDataDirectory(folder)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, folder), "test-database"));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void stop(EmbeddedPostgres server, Path folder) {
        try {
            server.close();
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
