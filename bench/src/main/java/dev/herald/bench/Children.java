package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The processes of this run; whatever ends it, none is left. Thread-safe. */
final class Children implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(30);

    private final Queue<Process> started = new ConcurrentLinkedQueue<>();

    Process start(ProcessBuilder builder) {
        try {
            Process process = builder.start();
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends one politely, or else at once. */
    void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        started.remove(process);
    }

    /** SIGKILL; returns when it is gone. */
    void kill(Process process) {
        process.destroyForcibly();
        stop(process);
    }

    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
    }
}
