package dev.herald.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    private Path folder;

    @Test
    void of_sameSettingEverywhere_flagWinsOverEnvironmentOverFile() throws IOException {
        String file = file("A=file\nB=file\nC=file\n");
        SettingsReader settings =
                Settings.of(Map.of("HERALD_CONFIG", file, "A", "environment", "B", "environment"), Map.of("A", "flag"));
        assertThat(settings.text("A")).contains("flag");
        assertThat(settings.text("B")).contains("environment");
        assertThat(settings.text("C")).contains("file");
    }

    @Test
    void of_blankValue_doesNotHideTheOneBelow() throws IOException {
        String file = file("A=file\nB=file\n");
        SettingsReader settings = Settings.of(Map.of("HERALD_CONFIG", file, "A", "  ", "B", "b"), Map.of("B", ""));
        assertThat(settings.text("A")).contains("file");
        assertThat(settings.text("B")).contains("b");
    }

    @Test
    void of_fileWithNonAscii_readsUtf8() throws IOException {
        assertThat(Settings.of(Map.of("HERALD_CONFIG", file("A=Anwesenheit für İnci\n")), Map.of())
                        .text("A"))
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
        assertThat(Settings.of(Map.of("HERALD_CONFIG", file("KEY=from the file\n")), Map.of())
                        .secret("KEY"))
                .map(Secret::reveal)
                .contains("from the file");
    }

    private String file(String content) throws IOException {
        return Files.writeString(folder.resolve("herald.properties"), content).toString();
    }
}
