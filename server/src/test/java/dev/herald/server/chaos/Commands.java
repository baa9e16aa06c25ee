package dev.herald.server.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Small programs of the system. */
final class Commands {
    private static final int LIMIT_SECONDS = 30;

    private Commands() {}

    /** Runs one to its end, silently; its exit code. */
    static int run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("does not end: " + command);
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static boolean exists(String program) {
        return run(List.of("sh", "-c", "command -v " + program)) == 0;
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
