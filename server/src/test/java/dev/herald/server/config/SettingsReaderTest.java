package dev.herald.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class SettingsReaderTest {
    @TempDir
    private Path folder;

    private enum Pet {
        KITTEN,
        GUINEA_PIG
    }

    @Test
    void text_anyValue_comesStripped() {
        assertThat(reader("A", " x y\t").text("A")).contains("x y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\n", "\u2003"})
    void text_blank_isAbsent(String blank) {
        SettingsReader settings = reader("A", blank);
        assertThat(settings.text("A")).isEmpty();
        assertThat(settings.text("A", "fallback")).isEqualTo("fallback");
        assertThat(settings.integer("A", 7, 1, 9)).isEqualTo(7);
        assertThat(settings.toggle("A", true)).isTrue();
        assertThat(settings.choice("A", Pet.KITTEN)).isEqualTo(Pet.KITTEN);
        assertThat(settings.path("A")).isEmpty();
        assertThat(settings.secret("A")).isEmpty();
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"on,true", "true,true", "ON,true", "True,true", "off,false", "false,false", "OFF,false"})
    void toggle_word_isTaken(String word, boolean value) {
        assertThat(reader("A", word).toggle("A", !value)).isEqualTo(value);
    }

    @Test
    void properties_ofALibrary_areItsSettingsByTheNamesItGivesThem() {
        SettingsReader settings = Settings.of(
                Map.of("OTEL_TRACES_EXPORTER", " otlp ", "OTEL_SDK_DISABLED", " ", "OTELLO", "x", "NOTEL_X", "x"),
                Map.of());
        assertThat(settings.properties("otel")).isEqualTo(Map.of("otel.traces.exporter", "otlp"));
    }

    /** The words of a choice are ASCII whatever the locale: with a Turkish one, KITTEN would be kıtten. */
    @Test
    void choice_word_isTakenInEveryLocale() {
        assertThat(reader("A", "kitten").choice("A", Pet.GUINEA_PIG)).isEqualTo(Pet.KITTEN);
        assertThat(reader("A", "guinea_pig").choice("A", Pet.KITTEN)).isEqualTo(Pet.GUINEA_PIG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "10", "-1", "1.5", "1e0", "0x1", "seven", "99999999999999999999", "1 2"})
    void integer_notANumberInRange_isAFault(String value) {
        SettingsReader settings = reader("A", value);
        assertThat(settings.integer("A", 7, 1, 9)).isEqualTo(7);
        assertThatThrownBy(settings::check).hasMessageContaining("A: must be a whole number from 1 to 9");
    }

    @Test
    void check_manyMistakes_namesThemAllWithWhatWouldBeRight() {
        SettingsReader settings = Settings.of(
                Map.of("B", "maybe", "C", "dog", "D", "x", "E_FILE", "/does/not/exist", "F", "wrong", "P", "a\0b"),
                Map.of());
        settings.required("A", "a name");
        settings.toggle("B", true);
        settings.choice("C", Pet.KITTEN);
        settings.integer("D", 1, 1, 2);
        settings.secret("E");
        settings.parsed("F", "wrong", "", text -> {
            throw new IllegalArgumentException("must be better");
        });
        settings.path("P");
        assertThatThrownBy(settings::check)
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(e.faults())
                                .containsExactly(
                                        "A: is required: a name",
                                        "B: must be on or off",
                                        "C: must be one of kitten, guinea_pig",
                                        "D: must be a whole number from 1 to 2",
                                        "E_FILE: can't read /does/not/exist; name a readable UTF-8 file",
                                        "F: must be better",
                                        "P: must be the name of a file or folder"))
                .hasMessageContaining("7 setting(s) to mend");
    }

    @Test
    void check_sameMistakeSeenTwice_namesItOnce() {
        SettingsReader settings = reader("A", "wrong");
        settings.toggle("A", true);
        settings.toggle("A", true);
        assertThatThrownBy(settings::check)
                .isInstanceOfSatisfying(
                        SettingsException.class, e -> assertThat(e.faults()).hasSize(1));
    }

    @Test
    void secret_fileAndValue_fileWinsStripped() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "\n  from file \r\n");
        SettingsReader settings = Settings.of(Map.of("KEY", "from value", "KEY_FILE", file.toString()), Map.of());
        assertThat(settings.secret("KEY")).map(Secret::reveal).contains("from file");
    }

    @Test
    void missing_itsFileIsWrongOrEmpty_isOneFaultOfThatFile() throws IOException {
        Path empty = Files.writeString(folder.resolve("key"), "\n");
        assertThat(faultsOfMissing("/does/not/exist"))
                .containsExactly("KEY_FILE: can't read /does/not/exist; name a readable UTF-8 file");
        assertThat(faultsOfMissing(empty.toString()))
                .containsExactly("KEY_FILE: names an empty file; KEY is required: a key");
        assertThat(faultsOfMissing("")).containsExactly("KEY: is required: a key");
    }

    private static List<String> faultsOfMissing(String file) {
        SettingsReader settings = reader("KEY_FILE", file);
        assertThat(settings.secret("KEY")).isEmpty();
        settings.missing("KEY", "is required: a key", "");
        return settings.faults().stream().map(SettingFault::toString).toList();
    }

    @Test
    void secret_emptyFile_isAbsent() throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "\n");
        SettingsReader settings = Settings.of(Map.of("KEY", "from value", "KEY_FILE", file.toString()), Map.of());
        assertThat(settings.secret("KEY")).isEmpty();
    }

    @Test
    void secret_notUtf8_isAFault() throws IOException {
        Path file = Files.write(folder.resolve("key"), new byte[] {(byte) 0xff, (byte) 0xfe});
        SettingsReader settings = reader("KEY_FILE", file.toString());
        settings.secret("KEY");
        assertThatThrownBy(settings::check).hasMessageContaining("KEY_FILE: can't read " + file);
    }

    @Test
    void secret_fileOthersMayRead_isWarnedOfOnceAndTaken() throws IOException {
        Path file = file("rw-r--r--");
        SettingsReader settings = reader("KEY_FILE", file.toString());
        List<String> warnings = warnings(() -> {
            assertThat(settings.secret("KEY")).isPresent();
            settings.secret("KEY");
        });
        assertThat(warnings)
                .containsExactly("KEY_FILE: every user of this machine can read " + file + "; chmod o-r it");
    }

    @Test
    void secret_fileForTheGroup_isTakenSilently() throws IOException {
        SettingsReader settings = reader("KEY_FILE", file("r--r-----").toString());
        assertThat(warnings(() -> assertThat(settings.secret("KEY")).isPresent()))
                .isEmpty();
    }

    @Test
    void secret_printed_isHidden() {
        Secret secret = new Secret("sesame");
        assertThat(secret).hasToString("********");
        assertThat(List.of(secret).toString()).doesNotContain("sesame");
        assertThat(secret).isEqualTo(new Secret("sesame")).isNotEqualTo(new Secret("other"));
    }

    private Path file(String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("key"), "sesame");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static SettingsReader reader(String name, String value) {
        return Settings.of(Map.of(name, value), Map.of());
    }

    static List<String> warnings(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger(SettingDoubts.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            work.run();
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
