package dev.herald.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @TempDir
    private Path folder;

    @Test
    void of_sameSettingEverywhere_flagWinsOverEnvironmentOverFile() throws IOException {
        String file = file("GRPC_HOST=file\nTIME_ZONE=file\nEMAIL_HOST=file\n");
        SettingsReader settings = Settings.of(
                Map.of("HERALD_CONFIG", file, "GRPC_HOST", "environment", "TIME_ZONE", "environment"),
                Map.of("GRPC_HOST", "flag"));
        assertThat(settings.text("GRPC_HOST")).contains("flag");
        assertThat(settings.text("TIME_ZONE")).contains("environment");
        assertThat(settings.text("EMAIL_HOST")).contains("file");
    }

    @Test
    void of_blankValue_doesNotHideTheOneBelow() throws IOException {
        String file = file("GRPC_HOST=file\nTIME_ZONE=file\n");
        SettingsReader settings = Settings.of(
                Map.of("HERALD_CONFIG", file, "GRPC_HOST", "  ", "TIME_ZONE", "b"), Map.of("TIME_ZONE", ""));
        assertThat(settings.text("GRPC_HOST")).contains("file");
        assertThat(settings.text("TIME_ZONE")).contains("b");
    }

    @Test
    void of_fileWithNonAscii_readsUtf8() throws IOException {
        assertThat(Settings.of(Map.of("HERALD_CONFIG", file("DEFAULT_FROM_EMAIL=Anwesenheit für İnci\n")), Map.of())
                        .text("DEFAULT_FROM_EMAIL"))
                .contains("Anwesenheit für İnci");
    }

    @Test
    void of_blankConfig_readsNoFile() {
        assertThat(Settings.of(Map.of("HERALD_CONFIG", " ", "A", "a"), Map.of()).text("A"))
                .contains("a");
    }

    @Test
    void of_fileThatIsNotThere_isAFaultNamingIt() {
        String missing = folder.resolve("missing").toString();
        assertThatThrownBy(() -> Settings.of(Map.of("HERALD_CONFIG", missing), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("HERALD_CONFIG: can't read " + missing);
    }

    @Test
    void of_secretInTheFile_isReadLikeAnyOther() throws IOException {
        assertThat(Settings.of(Map.of("HERALD_CONFIG", file("JWT_SECRET_KEY=from the file\n")), Map.of())
                        .secret("JWT_SECRET_KEY"))
                .map(Secret::reveal)
                .contains("from the file");
    }

    @Test
    void of_fileWithOurNamesAndOpenTelemetrys_isTaken() throws IOException {
        assertThat(Settings.of(
                                Map.of(
                                        "HERALD_CONFIG",
                                        file(
                                                "# a comment\nJWT_SECRET_KEY_FILE=/k\nHERALD_TOKEN=t\nOTEL_SERVICE_NAME=h\n")),
                                Map.of())
                        .faults())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "EMAIL_HSOT, EMAIL_HOST",
        "EMAIL_HOSTS, EMAIL_HOST",
        "DATABASE_PASWORD_FILE, DATABASE_PASSWORD_FILE",
        "grpc.port, GRPC_PORT",
        "Grpc-Host, GRPC_HOST"
    })
    void of_fileWithAMisspeltName_isAFaultThatNamesTheOneMeant(String written, String meant) throws IOException {
        String file = file(written + "=x\n");
        assertThat(Settings.of(Map.of("HERALD_CONFIG", file), Map.of()).faults())
                .singleElement()
                .satisfies(fault -> assertThat(fault.finding()).isEqualTo(written + " is no setting"))
                .hasToString(written + ": there is no such setting, and it stands in " + file + "; did you mean "
                        + meant + "?");
    }

    @Test
    void of_fileWithAStrangeName_isAFaultToo() throws IOException {
        String file = file("MAIL_SERVER=x\n");
        assertThatThrownBy(Settings.of(Map.of("HERALD_CONFIG", file), Map.of())::check)
                .hasMessageContaining("MAIL_SERVER: there is no such setting")
                .hasMessageContaining("./herald serve --help lists all");
    }

    /** A file with a key in it, named by mistake. */
    @Test
    void of_fileThatHoldsASecretAlone_isRefusedWithoutShowingIt() throws IOException {
        assertThatThrownBy(Settings.of(Map.of("HERALD_CONFIG", file("kX3sesame-0qLw\n")), Map.of())::check)
                .hasMessageContaining("HERALD_CONFIG: a line of ")
                .hasMessageNotContaining("sesame");
    }

    @Test
    void of_environmentWithAMisspeltName_isADoubtAndNoFault() {
        Map<String, String> environment = Map.of(
                "GRPC_PROT", "9091", "PATH", "/bin", "HERALD_JAVA_OPTS", "-Xmx1g", "HOSTNAME", "h", "OTEL_X", "y");
        SettingsReader settings = Settings.of(environment, Map.of());
        settings.check();
        assertThat(settings.doubts())
                .singleElement()
                .hasToString("GRPC_PROT: there is no such setting; did you mean GRPC_PORT?");
    }

    @Test
    void tellDoubts_slipsInTheEnvironment_areLoggedOnceEachWithoutTheirValues() {
        SettingsReader settings = Settings.of(
                Map.of("SMTP_RATE_LIMITS", "5", "HERALD_CONFGI", "/etc/sesame", "HERALD_CONFIG", " "), Map.of());
        List<String> warnings = SettingsReaderTest.warnings(() -> {
            settings.tellDoubts();
            settings.tellDoubts();
        });
        assertThat(warnings)
                .containsExactlyInAnyOrder(
                        "SMTP_RATE_LIMITS: there is no such setting; did you mean SMTP_RATE_LIMIT?",
                        "HERALD_CONFGI: there is no such setting; did you mean HERALD_CONFIG?");
    }

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("herald.properties"), content).toString();
    }
}
