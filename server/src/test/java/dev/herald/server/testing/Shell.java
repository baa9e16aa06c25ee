package dev.herald.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldProcess.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A shell as a reader of the documents has it: in a folder with ./herald, with grpcurl on the path, and with the variables set so far.
 */
public final class Shell {
    private final Path folder;
    private final Map<String, String> variables = new HashMap<>();

    /** A shell in an empty folder. */
    public Shell(Path folder) {
        this.folder = folder;
        script("herald", "exec " + quoted(HeraldProcess.command(List.of("-XX:TieredStopAtLevel=1"))) + " \"$@\"");
        script("grpcurl", "exec " + quoted(List.of(resource("grpcurl").toString())) + " \"$@\"");
        set("BUF", BufCurl.program().toString());
    }

    public void set(String name, String value) {
        variables.put(name, value);
    }

    public Map<String, String> variables() {
        return Map.copyOf(variables);
    }

    /** Runs commands that must succeed; what they print. The variables they set are there for the next. */
    public String run(String commands) {
        Path state = folder.resolve("state");
        Finished finished = HeraldProcess.finish(bash(commands, state));
        assertThat(finished.exitCode()).as(commands + "\n" + finished.err()).isZero();
        keep(state);
        return finished.out();
    }

    private ProcessBuilder bash(String commands, Path state) {
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-c", "set -euao pipefail\n" + commands + "\nenv -0 >'" + state + "'");
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(List.of("HOME"));
        environment.put("PATH", folder + ":" + System.getenv("PATH"));
        environment.putAll(variables);
        builder.directory(folder.toFile());
        return builder;
    }

    private void keep(Path state) {
        try {
            for (String entry : Files.readString(state).split("\0")) {
                int equals = entry.indexOf('=');
                if (entry.substring(0, equals).matches("[A-Z][A-Z_]+")) {
                    variables.put(entry.substring(0, equals), entry.substring(equals + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        variables.keySet().removeAll(List.of("PATH", "HOME", "PWD", "SHLVL", "OLDPWD"));
    }

    private void script(String name, String command) {
        try {
            Path file = Files.writeString(folder.resolve(name), "#!/usr/bin/env bash\n" + command + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path resource(String name) {
        return HeraldProcess.root().resolve("server/src/test/resources").resolve(name);
    }

    private static String quoted(List<String> words) {
        return new ArrayList<>(words).stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
    }
}
