package dev.herald.server.chaos;

import static org.awaitility.Awaitility.await;

import dev.herald.server.config.Settings;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.Rows;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A PostgreSQL that can be stopped, killed, frozen and started again, with fsync on and its files in a folder of its own. */
final class ChaosPostgres implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String TEMPLATE = "herald_template";
    private static final Path LOGS = HeraldProcess.root().resolve("server/target/chaos/logs");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Where the library has unpacked PostgreSQL's programs: once a JVM, whoever asked first. */
    private static volatile Path programs = Path.of("");

    private final Path folder;
    private final List<String> command;
    private final int port;
    private Process process;

    private ChaosPostgres(Path folder, List<String> command, int port) {
        this.folder = folder;
        this.command = command;
        this.port = port;
        this.process = launch();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** One with an empty, migrated template to make databases from. */
    static ChaosPostgres start(Path folder) {
        try {
            Files.createDirectories(LOGS);
            int port = makeFolder(folder);
            return new ChaosPostgres(folder, command(folder, port), port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The library makes it and fills it, and then is done with. */
    private static int makeFolder(Path folder) throws IOException {
        try (EmbeddedPostgres first = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .start()) {
            String url = first.getJdbcUrl("postgres", "postgres");
            programs = Path.of(Rows.texts(url, "SELECT setting FROM pg_config WHERE name = 'BINDIR'")
                    .get(0));
            execute(url, "CREATE DATABASE " + TEMPLATE);
            Database.migrate(DatabaseConfig.from(
                    Settings.of(Map.of("DATABASE_URL", first.getJdbcUrl("postgres", TEMPLATE)), Map.of())));
            return first.getPort();
        }
    }

    private static List<String> command(Path folder, int port) {
        List<String> command = new ArrayList<>();
        if (Commands.isRoot()) {
            // PostgreSQL refuses root, but not one whose name in here is another.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(programs.resolve("postgres").toString());
        command.addAll(List.of("-D", folder.toString(), "-p", Integer.toString(port), "-k", ""));
        command.addAll(List.of("-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "max_connections=200"));
        return command;
    }

    /** A copy of this one, which must not be running, that follows it once both run. */
    ChaosPostgres standby(Path copy, int standbyPort) {
        try {
            Commands.run(List.of("cp", "-a", folder + "/.", copy.toString()));
            Files.createFile(copy.resolve("standby.signal"));
            List<String> own = command(copy, standbyPort);
            own.addAll(List.of("-c", "primary_conninfo=host=127.0.0.1 port=" + port + " user=postgres"));
            return new ChaosPostgres(copy, own, standbyPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=postgres";
    }

    /** A new database with Herald's schema in it. */
    String newDatabase() {
        String name = "chaos_" + NUMBER.incrementAndGet();
        execute(url("postgres"), "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
        return name;
    }

    /** A new database with nothing in it. */
    String newEmptyDatabase() {
        String name = "empty_" + NUMBER.incrementAndGet();
        execute(url("postgres"), "CREATE DATABASE " + name);
        return name;
    }

    /** SIGSTOP to all of it: connections are taken, and nobody answers. */
    void freeze() {
        // Itself first: then no further process begins.
        Signals.send("STOP", process.pid());
        Signals.sendToAny("STOP", backends());
    }

    void thaw() {
        Signals.sendToAny("CONT", backends());
        Signals.send("CONT", process.pid());
    }

    /** Without a checkpoint, as after a power cut: what was committed must be in the log. */
    void stopImmediately() {
        stop("QUIT");
    }

    void stopFast() {
        stop("INT");
    }

    private void stop(String signal) {
        Signals.send(signal, process.pid());
        awaitEnd();
    }

    /** Waits until it has ended. */
    void awaitEnd() {
        await().atMost(PATIENCE).until(() -> !process.isAlive());
    }

    /** Fills its log until it panics for want of room: it has ended then, or keeps on trying to recover. */
    void exhaustLog() {
        await().atMost(PATIENCE).until(() -> {
            try (Connection connection = DriverManager.getConnection(url("postgres"));
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_logical_emit_message(false, 'chaos', repeat('x', 1000000), true)"
                        + " FROM generate_series(1, 50)");
                return false;
            } catch (SQLException e) {
                return !process.isAlive() || !String.valueOf(e.getSQLState()).startsWith("53");
            }
        });
    }

    /** Starts it again, on the same port. */
    void startAgain() {
        process = launch();
    }

    /** Makes it run as usual, whatever a test that failed has left it in. */
    void restore() {
        if (process.isAlive()) {
            thaw();
        } else {
            startAgain();
        }
    }

    static void execute(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Ends it, and deletes its files. */
    @Override
    public void close() {
        if (process.isAlive()) {
            thaw();
            stopImmediately();
        }
        Commands.run(List.of("rm", "-rf", folder.toString()));
    }

    private List<Long> backends() {
        return process.descendants().map(ProcessHandle::pid).toList();
    }

    private Process launch() {
        try {
            Process launched = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            LOGS.resolve("postgresql-" + port + ".log").toFile()))
                    .start();
            await().atMost(PATIENCE).until(this::answers);
            return launched;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean answers() {
        try (Connection connection = DriverManager.getConnection(url("postgres"))) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }
}
