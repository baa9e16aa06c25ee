package dev.herald.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TestCertificate;
import dev.herald.server.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
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

    private DoctorScene scene;

    /** As Java's classes are called. */
    private static final String CLASS = "\\b[a-z]+(\\.[a-z]+)+\\.[A-Z]\\w+|\\w+Exception|\\w+Error\\b";

    @FunctionalInterface
    private interface Planting {
        void in(DoctorScene scene) throws Exception;
    }

    /** A mistake, what doctor finds, and which setting it says to mend. */
    private enum Mistake {
        PORT_TAKEN(DoctorScene::takePort, "port: can't listen on 127.0.0.1:", "GRPC_PORT"),
        METRICS_PORT_TAKEN(DoctorScene::takeMetricsPort, "metrics port: can't listen on 127.0.0.1:", "METRICS_PORT"),
        KEY_NOT_THERE(
                scene -> scene.settings.put("JWT_SECRET_KEY_FILE", "/does/not/exist"),
                "settings: JWT_SECRET_KEY_FILE is wrong",
                "JWT_SECRET_KEY_FILE: can't read /does/not/exist"),
        KEY_MISSING(
                scene -> scene.settings.remove("JWT_SECRET_KEY_FILE"),
                "settings: JWT_SECRET_KEY is missing",
                "JWT_SECRET_KEY: is required"),
        WEAK_KEY(
                scene -> scene.secret("JWT_SECRET_KEY", "short"),
                "JWT_SECRET_KEY",
                "JWT_SECRET_KEY: must be at least 32 bytes"),
        WRONG_PASSWORD(DoctorScene::wrongPassword, "password authentication failed", "DATABASE_PASSWORD"),
        CLOCK_OFF(scene -> scene.turnClock("2 minutes"), "clock: the database's clock is 1", "clocks synchronised"),
        SCHEMA_BEHIND(
                DoctorScene::setSchemaBack, "schema: behind: at version 7, this Herald needs ", "./herald migrate"),
        RELAY_GONE(
                scene -> scene.relay.goDown(),
                "connection refused: nothing listens there",
                "EMAIL_HOST and EMAIL_PORT"),
        RELAY_UNKNOWN(
                scene -> scene.settings.put("EMAIL_HOST", "smtp.invalid"), "no such host: smtp.invalid", "EMAIL_HOST"),
        RELAY_WITHOUT_TLS(DoctorScene::tlsFromTheFirstByte, "it doesn't speak TLS there", "EMAIL_USE_SSL"),
        RELAY_REFUSING(scene -> scene.relay.reply(Stage.CONNECT, "554 5.7.1 not you"), "554", "EMAIL_HOST"),
        TLS_NOT_OFFERED(scene -> scene.settings.put("EMAIL_USE_TLS", "on"), "STARTTLS", "EMAIL_USE_TLS=off"),
        CERTIFICATE_NOT_TRUSTED(
                DoctorScene::untrustedRelay, "its certificate isn't trusted here", "certificate must be trusted"),
        LOGIN_WANTED(
                scene -> scene.relay.reply(Stage.EHLO, "530 5.7.0 authentication required"), "530", "EMAIL_HOST_USER"),
        TEMPLATE_WITH_AN_UNKNOWN_VARIABLE(
                DoctorScene::template, "body.txt, line 2: unknown variable student_nickname", "TEMPLATE_DIR"),
        ADDRESS_WITHOUT_DOMAIN(
                scene -> scene.settings.put("DEFAULT_FROM_EMAIL", "attendance"),
                "DEFAULT_FROM_EMAIL",
                "DEFAULT_FROM_EMAIL: must be one mail address"),
        UNWRITABLE_FOLDER(DoctorScene::fileInPlaceOfFolder, "mails is no folder", "EMAIL_FILE_PATH"),
        READ_ONLY_FOLDER(DoctorScene::readOnlyFolder, "can't write to /proc", "EMAIL_FILE_PATH"),
        UNWRITABLE_DATA_FOLDER(DoctorScene::fileInPlaceOfData, "data is no folder", "HERALD_DATA_DIR"),
        CERTIFICATE_THAT_IS_NONE(DoctorScene::nonsenseForCertificate, "TLS files: ", "GRPC_TLS_CERT"),
        CERTIFICATE_EXPIRED(
                scene -> scene.certificate(TestCertificate.expired("dns:localhost")), "valid from", "GRPC_TLS_CERT"),
        KEY_OF_ANOTHER_CERTIFICATE(DoctorScene::strangeKey, "is not the key of the certificate", "GRPC_TLS_KEY"),
        DATABASE_GONE(
                scene -> scene.settings.put("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/herald"),
                "database: it can't be reached: connection refused: nothing listens there",
                "DATABASE_URL"),
        DATABASE_HOST_UNKNOWN(
                scene -> scene.settings.put("DATABASE_URL", "jdbc:postgresql://db.invalid:5432/herald"),
                "database: it can't be reached: no such host: db.invalid",
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
    void build() {
        scene = new DoctorScene(folder);
    }

    @AfterEach
    void close() throws Exception {
        scene.close();
    }

    @Test
    void doctor_nothingIsWrong_saysSoAndEndsWithZero() {
        DoctorScene.Run run = scene.doctor();
        assertThat(run.lines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("ok    "))
                .contains("ok    port: any free one will be taken");
        assertThat(run.lines())
                .extracting(line -> line.substring(6, line.indexOf(':')))
                .contains("settings", "keys", "sender", "templates", "database", "schema", "clock", "port");
        assertThat(run.exitCode()).isZero();
        assertThat(scene.relay.mails()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Mistake.class)
    void doctor_oneMistake_isFoundWithItsMend(Mistake mistake) throws Exception {
        mistake.planting.in(scene);
        DoctorScene.Run run = scene.doctor();
        assertThat(run.exitCode()).as("%s", run.lines()).isEqualTo(1);
        assertThat(String.join("\n", run.wrong())).contains(mistake.finding);
        assertThat(run.mends()).contains(mistake.mend);
        if (mistake != Mistake.UNWRITABLE_DATA_FOLDER) {
            assertThat(run.wrong()).hasSize(1);
        }
        assertThat(run.lines())
                .noneMatch(line -> Pattern.compile(CLASS).matcher(line).find());
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
            mistake.planting.in(scene);
        }
        DoctorScene.Run run = scene.doctor();
        assertThat(run.wrong()).hasSize(mistakes.size());
        assertThat(mistakes).allSatisfy(mistake -> {
            assertThat(String.join("\n", run.wrong())).contains(mistake.finding);
            assertThat(run.mends()).contains(mistake.mend);
        });
    }

    @Test
    void doctor_keyThatEverybodyCanRead_isAWarning() throws Exception {
        scene.openToAll("JWT_SECRET_KEY");
        DoctorScene.Run run = scene.doctor();
        assertThat(run.exitCode()).isZero();
        assertThat(run.lines()).contains("warn  settings: JWT_SECRET_KEY_FILE should be mended");
        assertThat(run.mends()).contains("JWT_SECRET_KEY_FILE: every user of this machine can read ", "chmod o-r");
    }

    @Test
    void doctor_keyOfTheCertificateThatEverybodyCanRead_isAWarning() throws Exception {
        scene.certificate(TestCertificate.forNames("dns:localhost"));
        scene.permit("server.key", "rw-------");
        assertThat(scene.doctor().mends()).isEmpty();
        scene.openToAll("server.key");
        DoctorScene.Run run = scene.doctor();
        assertThat(run.exitCode()).isZero();
        assertThat(run.lines()).contains("warn  settings: GRPC_TLS_KEY should be mended");
        assertThat(run.mends()).contains("GRPC_TLS_KEY: every user of this machine can read ", "chmod o-r");
    }

    @Test
    void doctor_smallFaults_areWarningsAndEndWithZero() {
        scene.turnClock("5 seconds");
        scene.settings.put("DEFAULT_FROM_EMAIL", "attendance@localhost");
        TestDatabase.update(
                scene.database,
                "INSERT INTO herald_schema_history SELECT installed_rank + 1, '99', 'later', type, 'V99__later.sql', 1,"
                        + " installed_by, now(), 1, true FROM herald_schema_history ORDER BY installed_rank DESC LIMIT 1");
        DoctorScene.Run run = scene.doctor();
        assertThat(run.wrong()).isEmpty();
        assertThat(run.lines())
                .anyMatch(line -> line.startsWith("warn  clock: the database's clock is "))
                .anyMatch(line -> line.startsWith("warn  sender: "))
                .anyMatch(line -> line.startsWith("warn  schema: ahead: at version 99"));
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void doctor_certificateWithItsKey_isRight() {
        scene.certificate(TestCertificate.forNames("dns:localhost"));
        DoctorScene.Run run = scene.doctor();
        assertThat(run.lines()).anyMatch(line -> line.startsWith("ok    TLS files: the certificate is valid until "));
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void doctor_certificateThatExpiresSoon_isAWarning() {
        scene.certificate(TestCertificate.validForDays(10, "dns:localhost"));
        DoctorScene.Run run = scene.doctor();
        assertThat(run.lines()).anyMatch(line -> line.startsWith("warn  TLS files: the certificate expires at "));
        assertThat(run.mends()).contains("GRPC_TLS_CERT");
    }

    @Test
    void doctor_databaseWithNothingInIt_isLeftAsItIs() {
        String empty = TestDatabase.newEmptyDatabase();
        scene.settings.put("DATABASE_URL", empty);
        DoctorScene.Run run = scene.doctor();
        assertThat(run.lines()).contains("ok    schema: not there yet: serve makes it when it starts");
        assertThat(TestDatabase.number(empty, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                .isZero();
    }
}
