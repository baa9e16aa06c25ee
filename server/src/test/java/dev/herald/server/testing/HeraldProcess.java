package dev.herald.server.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.config.SettingCatalogue;
import dev.herald.server.config.SettingCatalogue.Setting;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packaged server as a process of its own, with no settings but those given. Closing kills it, if it still runs. */
public final class HeraldProcess implements AutoCloseable {
    private static final Pattern SERVING = Pattern.compile("herald serves on port (?<port>[0-9]+)");
    private static final int LIMIT_SECONDS = 60;

    private final Process process;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();

    private HeraldProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readOutput, "herald-output");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts {@code serve}; returns when it serves. */
    public static HeraldProcess serve(Map<String, String> settings) {
        return launch(settings, List.of(), List.of()).awaitServing();
    }

    /**
     * Starts {@code serve} and doesn't wait for it.
     *
     * @param prefix a program with its arguments that becomes the server
     * @param options for the Java virtual machine
     */
    public static HeraldProcess launch(Map<String, String> settings, List<String> prefix, List<String> options) {
        List<String> all = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
        all.addAll(options);
        ProcessBuilder builder = builder(settings, all, List.of("serve"));
        builder.command().addAll(0, prefix);
        return new HeraldProcess(start(builder.redirectErrorStream(true)));
    }

    /** Returns when it serves. */
    public HeraldProcess awaitServing() {
        try {
            port.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            return this;
        } catch (Exception e) {
            close();
            throw new AssertionError("the server did not start:\n" + output(), e);
        }
    }

    /** The settings every server needs, for a database and a relay of a test, on a free port. */
    public static Map<String, String> settings(String databaseUrl, ScriptedSmtpServer relay) {
        return Map.of(
                "DATABASE_URL", databaseUrl,
                "GRPC_PORT", "0",
                "METRICS_PORT", "0",
                "AUTH_JWT_SECRET", HeraldFixture.CALLER_KEY,
                "JWT_SECRET_KEY", HeraldFixture.SIGNING_KEY,
                "ATTENDANCE_URL", "https://attendance.campus.example/mark",
                "DEFAULT_FROM_EMAIL", "Attendance <attendance@campus.example>",
                "EMAIL_HOST", "127.0.0.1",
                "EMAIL_PORT", Integer.toString(relay.port()),
                "EMAIL_USE_TLS", "off");
    }

    /** Runs a command of the jar to its end. */
    public static Finished run(Map<String, String> settings, String... arguments) {
        return finish(builder(settings, List.of("-XX:TieredStopAtLevel=1"), List.of(arguments)));
    }

    /** The same with options for the Java virtual machine. */
    public static Finished run(Map<String, String> settings, List<String> options, List<String> arguments) {
        return finish(builder(settings, options, arguments));
    }

    /** Runs any program to its end. What it says of itself may hold nothing that a log may not; what it prints is its user's. */
    public static Finished finish(ProcessBuilder builder) {
        Process process = start(builder);
        CompletableFuture<String> out = CompletableFuture.supplyAsync(() -> read(process.getInputStream()));
        CompletableFuture<String> err = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
        LeakWatch.hear("standard error of " + builder.command(), err.join());
        return new Finished(exitCode(process), out.join(), err.join());
    }

    /** What a command said. */
    public record Finished(int exitCode, String out, String err) {}

    /** The java of the tests, and the jar. */
    public static List<String> command(List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-jar");
        command.add(root().resolve("server/target/herald-server.jar").toString());
        return command;
    }

    /** The repository's root. */
    public static Path root() {
        return Path.of(System.getProperty("herald.root"));
    }

    public int port() {
        return port.join();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM, without waiting. */
    public void terminate() {
        process.destroy();
    }

    /** Waits until it has ended; its exit code. */
    public int awaitExit() {
        return exitCode(process);
    }

    /** Nobody reads what it says any more. */
    public void closeOutput() {
        try {
            process.getInputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything it has said so far. */
    public String output() {
        return String.join("\n", output);
    }

    /** SIGTERM, and its exit code. */
    public int stop() {
        process.destroy();
        return exitCode(process);
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        exitCode(process);
    }

    /** Whatever it said, there is nothing in it that a log may not hold. */
    @Override
    public void close() {
        kill();
        assertThat(LeakScan.leakingLines(output())).as("lines that leak").isEmpty();
    }

    private void readOutput() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                Matcher serving = SERVING.matcher(line);
                if (serving.find()) {
                    port.complete(Integer.valueOf(serving.group("port")));
                }
            }
        } catch (IOException e) {
            output.add("(" + e.getMessage() + ")");
        }
        port.completeExceptionally(new IllegalStateException("the process ended"));
    }

    private static ProcessBuilder builder(Map<String, String> settings, List<String> options, List<String> arguments) {
        List<String> command = command(options);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(settings);
        readSecrets(settings);
        return builder;
    }

    /** As the process will, so that they are looked for in what it says. */
    private static void readSecrets(Map<String, String> settings) {
        SettingsReader reader = Settings.of(settings, Map.of());
        SettingCatalogue.all().stream().filter(Setting::secret).forEach(setting -> reader.secret(setting.name()));
    }

    private static Process start(ProcessBuilder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int exitCode(Process process) {
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("the process ends")
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(InputStream stream) {
        try (stream) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
