package dev.herald.bench;

import dev.herald.client.HeraldClient;
import java.io.BufferedReader;
import java.io.File;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as its users run it, {@code ./herald serve}, and a client of it. What it logs is kept in the run's folder. */
final class Herald implements AutoCloseable {
    private static final Pattern SERVING = Pattern.compile("herald serves on port ([0-9]+)");
    private static final int START_SECONDS = 120;
    private static final List<String> KEPT =
            List.of("PATH", "HOME", "USER", "JAVA_HOME", "HERALD_JAVA_OPTS", "MAVEN_OPTS", "TMPDIR");

    private final Children children;
    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final HeraldClient client;

    private Herald(Children children, Process process, File log) {
        this.children = children;
        this.process = process;
        Threads.daemon("herald-output", () -> read(log));
        this.client = HeraldClient.builder("127.0.0.1:" + awaitPort(log))
                .plaintext()
                .deadline(Duration.ofMinutes(2))
                .build();
    }

    /** Starts one with the settings every case has and those given; returns when it serves. */
    static Herald serve(Rig rig, String databaseUrl, int relayPort, Map<String, String> settings) {
        ProcessBuilder builder = new ProcessBuilder(rig.root().resolve("herald").toString(), "serve");
        builder.environment().keySet().retainAll(KEPT);
        builder.environment()
                .putAll(Map.of(
                        "DATABASE_URL", databaseUrl,
                        "GRPC_PORT", "0",
                        "AUTH", "off",
                        "JWT_SECRET_KEY", "a-key-for-benchmarks-of-32-bytes-or-more",
                        "ATTENDANCE_URL", "https://attendance.campus.example/mark",
                        "DEFAULT_FROM_EMAIL", "Attendance <attendance@campus.example>",
                        "EMAIL_HOST", "127.0.0.1",
                        "EMAIL_PORT", Integer.toString(relayPort),
                        "EMAIL_USE_TLS", "off"));
        builder.environment().putAll(settings);
        builder.directory(rig.folder().toFile()).redirectErrorStream(true);
        return new Herald(
                rig.children(),
                rig.children().start(builder),
                rig.folder().resolve("herald.log").toFile());
    }

    HeraldClient client() {
        return client;
    }

    int port() {
        return port.join();
    }

    OptionalDouble cpuSeconds() {
        return ProcessFigures.cpuSeconds(process.pid());
    }

    OptionalDouble residentMb() {
        return ProcessFigures.residentMb(process.pid());
    }

    OptionalDouble peakMb() {
        return ProcessFigures.peakMb(process.pid());
    }

    /** The Java it runs on, with the options the launcher gave it. */
    List<String> java() {
        ProcessHandle.Info info = process.info();
        List<String> command = new ArrayList<>();
        command.add(info.command()
                .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        for (String argument : info.arguments().orElse(new String[0])) {
            if (argument.equals("-jar")) {
                break;
            }
            if (!argument.contains("StartFlightRecording")) {
                command.add(argument);
            }
        }
        return command;
    }

    /** SIGKILL. */
    void kill() {
        client.close();
        children.kill(process);
    }

    /** SIGTERM. */
    @Override
    public void close() {
        client.close();
        children.stop(process);
    }

    private int awaitPort(File log) {
        try {
            return port.get(START_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            children.kill(process);
            throw new IllegalStateException("the server did not start; see " + log, e);
        }
    }

    private void read(File log) throws IOException {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                Writer kept = new FileWriter(log, StandardCharsets.UTF_8, true)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                kept.append(line).append('\n').flush();
                Matcher serving = SERVING.matcher(line);
                if (serving.find()) {
                    port.complete(Integer.valueOf(serving.group(1)));
                }
            }
        } finally {
            port.completeExceptionally(new IllegalStateException("the process ended"));
        }
    }
}
