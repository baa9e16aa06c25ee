package dev.herald.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mistakes planted one at a time, and together: {@code doctor} finds each, and says how to mend it. */
class DoctorTest {
    @TempDir
    Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, String> settings = new TreeMap<>();
    private ScriptedSmtpServer relay;
    private String database;

    /** What a run of doctor printed. */
    private record Run(int exitCode, List<String> lines) {
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

    @FunctionalInterface
    private interface Planting {
        void in(DoctorTest scene) throws Exception;
    }

    /** A mistake, what doctor finds, and which setting it says to mend. */
    private enum Mistake {
        PORT_TAKEN(DoctorTest::takePort, "port: can't listen on 127.0.0.1:", "GRPC_PORT"),
        METRICS_PORT_TAKEN(DoctorTest::takeMetricsPort, "metrics port: can't listen on 127.0.0.1:", "METRICS_PORT"),
        WEAK_KEY(
                scene -> scene.secret("JWT_SECRET_KEY", "short"),
                "JWT_SECRET_KEY",
                "JWT_SECRET_KEY: must be at least 32 bytes"),
        WRONG_PASSWORD(DoctorTest::wrongPassword, "password authentication failed", "DATABASE_PASSWORD"),
        CLOCK_OFF(scene -> scene.turnClock("2 minutes"), "clock: the database's clock is 1", "clocks synchronised"),
        SCHEMA_BEHIND(
                DoctorTest::setSchemaBack, "schema: behind: at version 7, this Herald needs ", "./herald migrate"),
        RELAY_GONE(scene -> scene.relay.goDown(), "refused", "EMAIL_HOST and EMAIL_PORT"),
        RELAY_REFUSING(scene -> scene.relay.reply(Stage.CONNECT, "554 5.7.1 not you"), "554", "EMAIL_HOST"),
        TLS_NOT_OFFERED(scene -> scene.settings.put("EMAIL_USE_TLS", "on"), "STARTTLS", "EMAIL_USE_TLS=off"),
        CERTIFICATE_NOT_TRUSTED(DoctorTest::untrustedRelay, "relay 127.0.0.1:", "certificate must be trusted"),
        LOGIN_WANTED(
                scene -> scene.relay.reply(Stage.EHLO, "530 5.7.0 authentication required"), "530", "EMAIL_HOST_USER"),
        TEMPLATE_WITH_AN_UNKNOWN_VARIABLE(
                DoctorTest::template, "body.txt, line 2: unknown variable student_nickname", "TEMPLATE_DIR"),
        ADDRESS_WITHOUT_DOMAIN(
                scene -> scene.settings.put("DEFAULT_FROM_EMAIL", "attendance"),
                "DEFAULT_FROM_EMAIL",
                "DEFAULT_FROM_EMAIL: must be one mail address"),
        UNWRITABLE_FOLDER(DoctorTest::fileInPlaceOfFolder, "mails is no folder", "EMAIL_FILE_PATH"),
        READ_ONLY_FOLDER(DoctorTest::readOnlyFolder, "can't write to /proc", "EMAIL_FILE_PATH"),
        UNWRITABLE_DATA_FOLDER(DoctorTest::fileInPlaceOfData, "data is no folder", "HERALD_DATA_DIR"),
        CERTIFICATE_EXPIRED(
                scene -> scene.certificate(TestCertificate.expired("dns:localhost")), "valid from", "GRPC_TLS_CERT"),
        KEY_OF_ANOTHER_CERTIFICATE(DoctorTest::strangeKey, "is not the key of the certificate", "GRPC_TLS_KEY"),
        DATABASE_GONE(
                scene -> scene.settings.put("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/herald"),
                "database: ",
                "DATABASE_URL"),
        DATABASE_MISSING(
                scene -> scene.settings.put("DATABASE_URL", scene.database.replaceFirst("/herald_\\d+", "/nothing")),
                "\"nothing\" does not exist",
                "make the database");

        private final Planting planting;
        private final String finding;
        private final String mend;

        Mistake(Planting planting, String finding, String mend) {
            this.planting = planting;
            this.finding = finding;
            this.mend = mend;
        }
    }

    @BeforeEach
    void settings() throws IOException {
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

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    @Test
    void doctor_nothingIsWrong_saysSoAndEndsWithZero() {
        Run run = doctor();
        assertThat(run.lines()).isNotEmpty().allMatch(line -> line.startsWith("ok    "));
        assertThat(run.lines())
                .extracting(line -> line.substring(6, line.indexOf(':')))
                .contains("settings", "keys", "sender", "templates", "database", "schema", "clock", "port");
        assertThat(run.exitCode()).isZero();
        assertThat(relay.mails()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void doctor_oneMistake_isFoundWithItsMend(Mistake mistake) throws Exception {
        mistake.planting.in(this);
        Run run = doctor();
        assertThat(run.exitCode()).as("%s", run.lines()).isEqualTo(1);
        assertThat(String.join("\n", run.wrong())).contains(mistake.finding);
        assertThat(run.mends()).contains(mistake.mend);
        if (mistake != Mistake.UNWRITABLE_DATA_FOLDER) {
            assertThat(run.wrong()).hasSize(1);
        }
        assertThat(run.lines()).noneMatch(line -> line.contains("sesame") || line.contains(HeraldFixture.SIGNING_KEY));
    }

    @Test
    void doctor_manyMistakes_areAllFoundInOneRun() throws Exception {
        List<Mistake> mistakes = List.of(
                Mistake.PORT_TAKEN,
                Mistake.WEAK_KEY,
                Mistake.WRONG_PASSWORD,
                Mistake.TLS_NOT_OFFERED,
                Mistake.TEMPLATE_WITH_AN_UNKNOWN_VARIABLE,
                Mistake.ADDRESS_WITHOUT_DOMAIN);
        for (Mistake mistake : mistakes) {
            mistake.planting.in(this);
        }
        Run run = doctor();
        assertThat(run.wrong()).hasSize(mistakes.size());
        assertThat(mistakes).allSatisfy(mistake -> {
            assertThat(String.join("\n", run.wrong())).contains(mistake.finding);
            assertThat(run.mends()).contains(mistake.mend);
        });
    }

    @Test
    void doctor_smallFaults_areWarningsAndEndWithZero() {
        turnClock("5 seconds");
        settings.put("DEFAULT_FROM_EMAIL", "attendance@localhost");
        TestDatabase.update(
                database,
                "INSERT INTO herald_schema_history SELECT installed_rank + 1, '99', 'later', type, 'V99__later.sql', 1,"
                        + " installed_by, now(), 1, true FROM herald_schema_history ORDER BY installed_rank DESC LIMIT 1");
        Run run = doctor();
        assertThat(run.wrong()).isEmpty();
        assertThat(run.lines())
                .anyMatch(line -> line.startsWith("warn  clock: the database's clock is "))
                .anyMatch(line -> line.startsWith("warn  sender: "))
                .anyMatch(line -> line.startsWith("warn  schema: ahead: at version 99"));
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void doctor_certificateWithItsKey_isRight() {
        certificate(TestCertificate.forNames("dns:localhost"));
        Run run = doctor();
        assertThat(run.lines()).anyMatch(line -> line.startsWith("ok    TLS files: the certificate is valid until "));
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void doctor_certificateThatExpiresSoon_isAWarning() {
        certificate(TestCertificate.validForDays(10, "dns:localhost"));
        Run run = doctor();
        assertThat(run.lines()).anyMatch(line -> line.startsWith("warn  TLS files: the certificate expires at "));
        assertThat(run.mends()).contains("GRPC_TLS_CERT");
    }

    @Test
    void doctor_databaseWithNothingInIt_isLeftAsItIs() {
        String empty = TestDatabase.newEmptyDatabase();
        settings.put("DATABASE_URL", empty);
        Run run = doctor();
        assertThat(run.lines()).contains("ok    schema: not there yet: serve makes it when it starts");
        assertThat(TestDatabase.number(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isZero();
    }

    private Run doctor() {
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

    private void secret(String name, String value) {
        try {
            Path file = folder.resolve(name);
            settings.put(name + "_FILE", Files.writeString(file, value).toString());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void takeMetricsPort() throws IOException {
        settings.put("METRICS_PORT", Integer.toString(taken()));
    }

    private void takePort() throws IOException {
        settings.put("GRPC_PORT", Integer.toString(taken()));
    }

    private int taken() throws IOException {
        return open(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))).getLocalPort();
    }

    /** The tests' usual server trusts everybody. */
    private void wrongPassword() throws IOException {
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
    private void turnClock(String by) {
        TestDatabase.update(
                database,
                "CREATE SCHEMA wrong;"
                        + " CREATE FUNCTION wrong.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
                        + " $$ SELECT pg_catalog.clock_timestamp() + interval '" + by + "' $$;"
                        + " DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database()"
                        + " || ' SET search_path = wrong, pg_catalog, public'; END $$");
    }

    private void setSchemaBack() {
        TestDatabase.update(database, "DELETE FROM herald_schema_history WHERE version::int > 7");
    }

    private void untrustedRelay() {
        ScriptedSmtpServer secured = open(ScriptedSmtpServer.startWithStartTls(
                TestCertificate.forNames("ip:127.0.0.1").serverContext()));
        settings.put("EMAIL_HOST", "127.0.0.1:" + secured.port());
        settings.put("EMAIL_USE_TLS", "on");
    }

    private void template() throws IOException {
        Path own = Files.createDirectories(folder.resolve("templates/attendance_session"));
        Files.writeString(own.resolve("body.txt"), "Good morning,\nHi {{ student_nickname }}\n");
        settings.put("TEMPLATE_DIR", folder.resolve("templates").toString());
    }

    private void fileInPlaceOfFolder() throws IOException {
        settings.put("EMAIL_BACKEND", "file");
        settings.put(
                "EMAIL_FILE_PATH",
                Files.writeString(folder.resolve("mails"), "").resolve("today").toString());
    }

    private void readOnlyFolder() {
        settings.put("EMAIL_BACKEND", "file");
        settings.put("EMAIL_FILE_PATH", "/proc/mails");
    }

    private void fileInPlaceOfData() throws IOException {
        settings.remove("DATABASE_URL");
        settings.put(
                "HERALD_DATA_DIR",
                Files.writeString(folder.resolve("data"), "").resolve("herald").toString());
    }

    private void certificate(TestCertificate certificate) {
        Path file = folder.resolve("server.pem");
        Path key = folder.resolve("server.key");
        certificate.writePem(file, key);
        settings.put("GRPC_TLS_CERT", file.toString());
        settings.put("GRPC_TLS_KEY", key.toString());
    }

    private void strangeKey() {
        certificate(TestCertificate.forNames("dns:localhost"));
        TestCertificate.forNames("dns:localhost").writePem(folder.resolve("other.pem"), folder.resolve("server.key"));
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }
}
