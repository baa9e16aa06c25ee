package dev.herald.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPolicyTest {
    /** A value that stands behind the name of a key: no variable, command or placeholder. */
    private static final Pattern SHOWN_KEY = Pattern.compile(
            "(?:JWT_SECRET_KEY|AUTH_JWT_SECRET|JWT_PREVIOUS_SECRET_KEYS)\\s*[=:]\\s*[\"']?([\\w-]{32,})");

    @ParameterizedTest
    @ValueSource(strings = {"0123456789abcdefghijklmnopqrstuv", "äöüÄÖÜßéèêáàâóòô", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"})
    void weakness_ofAFitKey_isNone(String key) {
        assertThat(KeyPolicy.weakness(new Secret(key))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "0123456789abcdefghijklmnopqrstu",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "a-string-secret-at-least-256-bits-long"
            })
    void weakness_ofAnUnfitKey_saysHowToMakeABetterOne(String key) {
        assertThat(KeyPolicy.weakness(new Secret(key)))
                .hasValueSatisfying(weakness -> assertThat(weakness).contains("keygen"));
    }

    @Test
    void weakness_told_isWithoutTheKey() {
        String key = "a-string-secret-at-least-256-bits-long";
        assertThat(KeyPolicy.weakness(new Secret(key)).orElseThrow()).doesNotContain(key);
        assertThat(KeyPolicy.weakness(new Secret("sesame")).orElseThrow()).doesNotContain("sesame");
    }

    /** Whoever copies a line from a manual must not end up with a key that everybody knows. */
    @Test
    void weakness_ofEveryKeyInOurOwnManuals_isSeen() {
        List<String> shown = manuals()
                .flatMap(text -> SHOWN_KEY.matcher(text).results())
                .map(match -> match.group(1))
                .toList();
        assertThat(shown)
                .allSatisfy(key -> assertThat(KeyPolicy.weakness(new Secret(key)))
                        .as("a key shown in a manual; show how to make one instead")
                        .isPresent());
    }

    private static Stream<String> manuals() {
        Path root = Path.of(System.getProperty("herald.root"));
        List<Path> folders = Stream.of(root.resolve("docs"), root.resolve("docker"))
                .filter(Files::isDirectory)
                .toList();
        return Stream.concat(
                        Stream.of(root.resolve("README.md")), folders.stream().flatMap(KeyPolicyTest::walk))
                .filter(Files::isRegularFile)
                .map(KeyPolicyTest::content);
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            // Not .env: that holds somebody's real keys.
            return paths.filter(path -> !path.endsWith(".env")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
