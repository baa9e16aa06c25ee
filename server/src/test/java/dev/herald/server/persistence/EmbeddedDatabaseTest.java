package dev.herald.server.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our own PostgreSQL: its data outlive us, however we end. */
@Timeout(120)
class EmbeddedDatabaseTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    /** A test that failed half-way must not leave a PostgreSQL running. */
    @AfterEach
    void stopWhatIsLeft() throws IOException {
        Path pidFile = pidFile();
        if (Files.exists(pidFile)) {
            ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip()))
                    .filter(process -> process.info().command().orElse("").endsWith("postgres"))
                    .ifPresent(postgres -> {
                        postgres.destroyForcibly();
                        postgres.onExit().orTimeout(20, TimeUnit.SECONDS).join();
                    });
        }
    }

    @Test
    void start_afterClose_findsTheData() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            execute(database, "CREATE TABLE kept (word text)");
            execute(database, "INSERT INTO kept VALUES ('here')");
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(query(database, "SELECT word FROM kept")).isEqualTo("here");
        }
    }

    @Test
    void start_settings_makeCommitsLast() throws SQLException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(query(database, "SHOW fsync")).isEqualTo("on");
            assertThat(query(database, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(database, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(query(database, "SHOW listen_addresses")).isIn("localhost", "127.0.0.1");
        }
    }

    @Test
    void log_rowThatIsRefused_tellsOfTheRefusalWithoutTheRow() throws SQLException, IOException {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            execute(database, "CREATE TABLE people (email text CHECK (email NOT LIKE 'ann@%'))");
            assertThatThrownBy(() -> execute(database, "INSERT INTO people VALUES ('ann@campus.example')"))
                    .hasMessageContaining("people_email_check");
            assertThat(Files.readString(folder.resolve("postgresql.log")))
                    .contains("violates check constraint")
                    .doesNotContain("ann@campus.example");
        }
    }

    @Test
    void start_folderInUse_isRefusedNamingTheSetting() throws Exception {
        EmbeddedDatabase database = EmbeddedDatabase.start(folder);
        try (database) {
            assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                    .hasMessageContaining("HERALD_DATA_DIR")
                    .hasMessageContaining("another herald holds this folder");
            Process other = startOther();
            assertThat(firstLine(other)).contains("HERALD_DATA_DIR", "another herald holds this folder");
            assertThat(other.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(query(database, "SELECT 'unharmed'")).isEqualTo("unharmed");
        }
    }

    @Test
    void start_afterKill_takesTheDatabaseOverWithItsData() throws Exception {
        Process other = startOther();
        assertThat(firstLine(other)).isEqualTo("ready");
        other.destroyForcibly().waitFor();
        assertThat(pidFile()).as("its PostgreSQL goes on without it").exists();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(query(database, "SELECT word FROM kept")).isEqualTo("committed");
        }
    }

    /** As after a restart of the machine: there is a number in the file, and it is another process's by now. */
    @Test
    void start_pidFileThatNamesAnotherProcess_startsWithTheData() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            execute(database, "CREATE TABLE kept (word text)");
        }
        Files.writeString(pidFile(), ProcessHandle.current().pid() + "\n");
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder)) {
            assertThat(query(database, "SELECT count(*) FROM kept")).isEqualTo("0");
        }
    }

    @Test
    void start_pidFileThatNamesAnotherPostgres_leavesThatAlone() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createDirectory(folder.resolve("postgresql"));
        try (EmbeddedDatabase innocent = EmbeddedDatabase.start(elsewhere)) {
            Files.copy(elsewhere.resolve("postgresql/postmaster.pid"), pidFile());
            assertThatThrownBy(() -> EmbeddedDatabase.start(folder))
                    .hasMessageContaining("HERALD_DATA_DIR")
                    .hasMessageContaining("delete that file");
            assertThat(query(innocent, "SELECT 'unharmed'")).isEqualTo("unharmed");
            Files.delete(pidFile());
        }
    }

    @Test
    void start_folderThatCannotBe_isRefusedNamingTheSetting() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> EmbeddedDatabase.start(file)).hasMessageContaining("HERALD_DATA_DIR");
    }

    /** Another process: opens the database, commits a row, says so, and waits to be killed. */
    public static final class Other {
        private Other() {}

        public static void main(String[] arguments) throws Exception {
            try {
                EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]));
                execute(database, "CREATE TABLE kept (word text)");
                execute(database, "INSERT INTO kept VALUES ('committed')");
                System.out.println("ready");
            } catch (RuntimeException e) {
                System.out.println(e.getMessage());
                return;
            }
            System.in.read();
        }
    }

    private Process startOther() throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Other.class.getName(),
                        folder.toString()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String firstLine(Process process) throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        // Without a log file of its own the logger writes there too.
        while (line != null && !line.equals("ready") && !line.contains("HERALD_DATA_DIR")) {
            line = output.readLine();
        }
        return line;
    }

    private Path pidFile() {
        return folder.resolve("postgresql/postmaster.pid");
    }

    private static void execute(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(EmbeddedDatabase database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(database.url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
