package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a caller gets with the stub: nothing that needs more than Java 11, and nothing of the server. */
class RuntimeClasspathTest {
    private static final Path LISTING = Path.of("target", "runtime-classpath.txt");
    private static final int JAVA_11 = 55;

    @BeforeEach
    void needsTheListing() {
        assumeThat(LISTING).as("written by Maven unless -Dquick=true").exists();
    }

    @Test
    void runtimePath_everyClass_runsOnJava11() throws IOException {
        List<String> tooNew = new ArrayList<>();
        int seen = 0;
        for (Path entry : runtimePath()) {
            seen += inspect(entry, tooNew);
        }
        assertThat(tooNew).isEmpty();
        assertThat(seen).isGreaterThan(5_000);
    }

    @Test
    void runtimePath_hasNothingOfTheServer() throws IOException {
        assertThat(runtimePath())
                .map(path -> path.toString().replace('\\', '/'))
                .noneMatch(path -> path.matches(
                        ".*(/dev/cel/|antlr|hibernate|flyway|HikariCP|/postgresql/|angus|jakarta[./]mail|java-jwt|pebble"
                                + "|picocli|logback|herald-server).*"));
    }

    private static List<Path> runtimePath() throws IOException {
        String[] dependencies = Files.readString(LISTING).strip().split(File.pathSeparator);
        return Stream.concat(Stream.of("target/classes"), Stream.of(dependencies))
                .map(Path::of)
                .toList();
    }

    private static int inspect(Path entry, List<String> tooNew) throws IOException {
        if (Files.isDirectory(entry)) {
            return inspectClasses(entry, tooNew);
        }
        try (var jar = FileSystems.newFileSystem(entry)) {
            return inspectClasses(jar.getPath("/"), tooNew);
        }
    }

    private static int inspectClasses(Path root, List<String> tooNew) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            List<Path> classes = files.filter(RuntimeClasspathTest::isLoaded).toList();
            classes.stream()
                    .filter(file -> majorVersion(file) > JAVA_11)
                    .forEach(file -> tooNew.add(root.getFileSystem() + ": " + file));
            return classes.size();
        }
    }

    private static boolean isLoaded(Path file) {
        String name = file.toString();
        return name.endsWith(".class") && !name.endsWith("module-info.class") && !name.contains("META-INF/versions/");
    }

    private static int majorVersion(Path file) {
        try (InputStream bytes = Files.newInputStream(file);
                DataInputStream header = new DataInputStream(bytes)) {
            header.readInt();
            header.readUnsignedShort();
            return header.readUnsignedShort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
