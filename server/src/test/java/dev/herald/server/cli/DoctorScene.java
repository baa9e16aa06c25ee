package dev.herald.server.cli;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.TestCertificate;
import dev.herald.server.testing.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A server's settings in which all is right, and mistakes to plant in them. */
final class DoctorScene implements AutoCloseable {
    final Map<String, String> settings = new TreeMap<>();
    final ScriptedSmtpServer relay;
    final String database;

    private final Path folder;
    private final List<AutoCloseable> opened = new ArrayList<>();

    DoctorScene(Path folder) {
        this.folder = folder;
        relay = open(ScriptedSmtpServer.start());
        database = TestDatabase.newDatabase();
        secret("JWT_SECRET_KEY", HeraldFixture.SIGNING_KEY);
        secret("AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY);
        settings.put("DATABASE_URL", database);
        settings.put("GRPC_PORT", "0");
        settings.put("ATTENDANCE_URL", "https://attendance.campus.example/mark");
        settings.put("DEFAULT_FROM_EMAIL", "Attendance <attendance@campus.example>");
        settings.put("EMAIL_HOST", "127.0.0.1:" + relay.port());
        settings.put("EMAIL_USE_TLS", "off");
    }

    /** What a run of doctor printed. */
    record Run(int exitCode, List<String> lines) {
        List<String> wrong() {
            return lines.stream().filter(line -> line.startsWith("WRONG")).toList();
        }

        String mends() {
            return String.join(
                    "\n",
                    lines.stream()
                            .filter(line -> line.startsWith("      mend: "))
                            .toList());
        }
    }

    /** Has doctor look at the settings, given as flags. */
    Run doctor() {
        Map<String, String> flags = new HashMap<>(settings);
        List<String> arguments = new ArrayList<>(List.of("doctor"));
        flags.forEach((name, value) -> {
            arguments.add("--" + name.toLowerCase(Locale.ROOT).replace('_', '-'));
            arguments.add(value);
        });
        StringWriter out = new StringWriter();
        int exitCode = HeraldCommand.line().setOut(new PrintWriter(out)).execute(arguments.toArray(String[]::new));
        return new Run(exitCode, out.toString().lines().toList());
    }

    void secret(String name, String value) {
        try {
            Path file = folder.resolve(name);
            settings.put(name + "_FILE", Files.writeString(file, value).toString());
            permit(name, "rw-------");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void permit(String name, String permissions) throws IOException {
        Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString(permissions));
    }

    void openToAll(String name) throws IOException {
        permit(name, "rw-r--r--");
    }

    void tlsFromTheFirstByte() {
        settings.put("EMAIL_USE_SSL", "on");
    }

    void nonsenseForCertificate() throws IOException {
        certificate(TestCertificate.forNames("dns:localhost"));
        Files.writeString(
                folder.resolve("server.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    }

    void takeMetricsPort() throws IOException {
        settings.put("METRICS_PORT", Integer.toString(taken()));
    }

    void takePort() throws IOException {
        settings.put("GRPC_PORT", Integer.toString(taken()));
    }

    private int taken() throws IOException {
        return open(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))).getLocalPort();
    }

    /** The tests' usual server trusts everybody. */
    void wrongPassword() throws IOException {
        Path rules = Files.writeString(
                folder.resolve("pg_hba.conf"),
                "host all doctor 127.0.0.1/32 scram-sha-256\nhost all all all trust\nlocal all all trust\n");
        EmbeddedPostgres server = open(EmbeddedPostgres.builder()
                .setServerConfig("hba_file", rules.toString())
                .start());
        TestDatabase.update(
                server.getJdbcUrl("postgres", "postgres"), "CREATE ROLE doctor LOGIN PASSWORD 'open-sesame'");
        settings.put("DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres");
        settings.put("DATABASE_USER", "doctor");
        secret("DATABASE_PASSWORD", "shut-sesame");
    }

    /** Has the database answer with another time than the machine's. */
    void turnClock(String by) {
        TestDatabase.update(
                database,
                "CREATE SCHEMA wrong;"
                        + " CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
                        + " $$ SELECT pg_catalog.clock_timestamp() + interval '" + by + "' $$;"
                        + " DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
                        + " || ' SET search_path = wrong, pg_catalog, public'; END $$");
    }

    void setSchemaBack() {
        TestDatabase.update(database, "DELETE FROM herald_schema_history WHERE version::int > 7");
    }

    void untrustedRelay() {
        ScriptedSmtpServer secured = open(ScriptedSmtpServer.startWithStartTls(
                TestCertificate.forNames("ip:127.0.0.1").serverContext()));
        settings.put("EMAIL_HOST", "127.0.0.1:" + secured.port());
        settings.put("EMAIL_USE_TLS", "on");
    }

    void template() throws IOException {
        Path own = Files.createDirectories(folder.resolve("templates/attendance_session"));
        Files.writeString(own.resolve("body.txt"), "Good morning,\nHi {{ student_nickname }}\n");
        settings.put("TEMPLATE_DIR", folder.resolve("templates").toString());
    }

    void fileInPlaceOfFolder() throws IOException {
        settings.put("EMAIL_BACKEND", "file");
        settings.put(
                "EMAIL_FILE_PATH",
                Files.writeString(folder.resolve("mails"), "").resolve("today").toString());
    }

    void readOnlyFolder() {
        settings.put("EMAIL_BACKEND", "file");
        settings.put("EMAIL_FILE_PATH", "/proc/mails");
    }

    void fileInPlaceOfData() throws IOException {
        settings.remove("DATABASE_URL");
        settings.put(
                "HERALD_DATA_DIR",
                Files.writeString(folder.resolve("data"), "").resolve("herald").toString());
    }

    void certificate(TestCertificate certificate) {
        Path file = folder.resolve("server.pem");
        Path key = folder.resolve("server.key");
        certificate.writePem(file, key);
        settings.put("GRPC_TLS_CERT", file.toString());
        settings.put("GRPC_TLS_KEY", key.toString());
    }

    void strangeKey() {
        certificate(TestCertificate.forNames("dns:localhost"));
        TestCertificate.forNames("dns:localhost").writePem(folder.resolve("other.pem"), folder.resolve("server.key"));
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    @Override
    public void close() {
        for (AutoCloseable one : opened) {
            try {
                one.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }
}
