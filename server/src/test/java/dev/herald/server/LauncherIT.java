package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.LeakWatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./herald}, as a person runs it after {@code ./mvnw package}. */
@Timeout(60)
class LauncherIT {
    private static final Path ROOT = Path.of(System.getProperty("herald.root"));
    private static final Path LAUNCHER = ROOT.resolve("herald");
    private static final Path JAR = ROOT.resolve("server/target/herald-server.jar");

    @TempDir
    private Path folder;

    private record Run(int exitCode, List<String> out, String err) {}

    @Test
    void version_afterPackage_printsItWithoutBuildingAgain() throws Exception {
        Object before = Files.getLastModifiedTime(JAR);
        Run run = herald("version");
        assertThat(run.err()).doesNotContain("building").isEmpty();
        assertThat(run.out()).singleElement().asString().matches("herald \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
        assertThat(run.exitCode()).isZero();
        assertThat(Files.getLastModifiedTime(JAR)).isEqualTo(before);
    }

    @Test
    void version_throughSymbolicLinks_isTheSame() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), LAUNCHER);
        Path linkToLink = Files.createSymbolicLink(folder.resolve("herald of mine"), Path.of("link"));
        Run run = run(Map.of(), linkToLink, "version");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(run(Map.of(), link, "version").out());
        Files.delete(linkToLink);
        Files.delete(link);
    }

    @Test
    void callerToken_role_printsTheTokenAndNothingElse() throws Exception {
        Run run = run(
                Map.of("AUTH_JWT_SECRET", "a-key-of-callers-in-tests-0123456789abcdef"),
                LAUNCHER,
                "caller-token",
                "--role",
                "admin");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).singleElement().asString().matches("[\\w-]+\\.[\\w-]+\\.[\\w-]+");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void keygen_twice_printsTwoKeys() throws Exception {
        Run run = herald("keygen");
        assertThat(run.out()).singleElement().asString().hasSizeGreaterThanOrEqualTo(32);
        assertThat(herald("keygen").out()).isNotEqualTo(run.out());
    }

    @Test
    void command_unknownOrNone_isWrongUsage() throws Exception {
        for (Run run : List.of(herald("sevre"), herald(), herald("serve", "--no-such-flag"))) {
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err())
                    .containsAnyOf("did you mean serve?", "Usage: herald", "--no-such-flag: no such option");
            assertThat(run.out()).isEmpty();
        }
    }

    @Test
    void serve_withoutSettings_namesAllThatAreRequiredAndMakesNothing() throws Exception {
        Run run = herald("serve");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("JWT_SECRET_KEY: ", "AUTH_JWT_SECRET: ", "ATTENDANCE_URL: ")
                .contains("DEFAULT_FROM_EMAIL: ", "EMAIL_HOST: ")
                .doesNotContain("Exception");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void migrate_databaseThatDoesNotAnswer_fails() throws Exception {
        Run run = run(Map.of("DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/herald"), LAUNCHER, "migrate");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).isNotBlank();
    }

    @Test
    void help_ofServe_listsEverySetting() throws Exception {
        Run run = herald("serve", "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(String.join("\n", run.out())).contains("--grpc-port", "--jwt-secret-key-file", "--attendance-url");
        assertThat(String.join("\n", run.out())).doesNotContain("--jwt-secret-key=");
    }

    @Test
    void java_options_reachTheVirtualMachine() throws Exception {
        Run run = run(Map.of("HERALD_JAVA_OPTS", "-Xmx64m -showversion"), LAUNCHER, "version");
        assertThat(run.err()).contains("Runtime Environment");
    }

    private Run herald(String... arguments) throws IOException, InterruptedException {
        return run(Map.of(), LAUNCHER, arguments);
    }

    /** Runs it in an empty folder, with hardly any environment. */
    private Run run(Map<String, String> settings, Path launcher, String... arguments)
            throws IOException, InterruptedException {
        Path err = Files.createTempFile("herald-launcher", ".err");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(arguments))
                        .toList())
                .directory(folder.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "HOME", "JAVA_HOME", "LANG"));
        builder.environment().putAll(settings);
        Process process = builder.start();
        process.getOutputStream().close();
        List<String> out = process.inputReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String errors = Files.readString(err);
        Files.delete(err);
        LeakWatch.hear("standard error of the launcher", errors);
        return new Run(process.exitValue(), out, errors);
    }
}
