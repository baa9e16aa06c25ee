package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be told from the sources only. */
class SourceTest {
    private static final Path ROOT = Path.of(System.getProperty("herald.root"));
    private static final Pattern LEFT_OVER = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

    @Test
    void mainFiles_all_areShort() {
        assertThat(mainFiles())
                .isNotEmpty()
                .filteredOn(file -> lines(file).size() > 300)
                .isEmpty();
    }

    @Test
    void testFiles_all_areShort() {
        assertThat(files(path -> path.toString().contains("/src/test/")))
                .isNotEmpty()
                .filteredOn(file -> lines(file).size() > 300)
                .isEmpty();
    }

    @Test
    void packages_all_areDescribedAndNullMarked() {
        List<Path> packages =
                mainFiles().stream().map(Path::getParent).distinct().toList();
        assertThat(packages)
                .isNotEmpty()
                .allSatisfy(folder -> assertThat(content(folder.resolve("package-info.java")))
                        .contains("NullMarked")
                        .startsWith("/**"));
    }

    @Test
    void sources_all_areFinished() {
        assertThat(files(path -> !path.endsWith("SourceTest.java")))
                .filteredOn(file -> LEFT_OVER.matcher(content(file)).find())
                .isEmpty();
    }

    @Test
    void tests_all_waitForWhatTheyWaitForInsteadOfSleeping() {
        assertThat(files(path -> path.toString().contains("/src/test/") && !path.endsWith("SourceTest.java")))
                .isNotEmpty()
                .filteredOn(file -> content(file).contains("Thread.sleep("))
                .isEmpty();
    }

    private static List<Path> mainFiles() {
        return files(path -> path.toString().contains("/src/main/"));
    }

    private static List<Path> files(Predicate<Path> wanted) {
        return Stream.of("client-stub/src", "server/src")
                .flatMap(folder -> walk(ROOT.resolve(folder)).stream())
                .filter(path -> path.toString().endsWith(".java"))
                .filter(wanted)
                .toList();
    }

    private static List<Path> walk(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        return content(file).lines().toList();
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
