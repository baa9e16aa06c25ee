package dev.herald.server.persistence;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL of our own, on loopback, with its data in a folder that outlives us. One process at a time may hold a
 * folder. When the process before us was killed, its PostgreSQL still runs: it is stopped cleanly and started anew.
 */
final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final FileChannel lockChannel;
    private final EmbeddedPostgres postgres;

    private EmbeddedDatabase(FileChannel lockChannel, EmbeddedPostgres postgres) {
        this.lockChannel = lockChannel;
        this.postgres = postgres;
    }

    static EmbeddedDatabase start(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel lock = lock(directory.resolve("herald.lock"));
            Path data = directory.resolve("postgresql");
            stopLeftOver(data.resolve("postmaster.pid"));
            return new EmbeddedDatabase(lock, launch(data, directory.resolve("postgresql.log")));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "HERALD_DATA_DIR: can't run PostgreSQL in " + directory.toAbsolutePath() + ": " + e.getMessage(),
                    e);
        }
    }

    String url() {
        return postgres.getJdbcUrl("postgres", "postgres");
    }

    @Override
    public void close() {
        try {
            postgres.close();
            lockChannel.close();
        } catch (IOException e) {
            log.warn("the embedded PostgreSQL did not stop cleanly: {}", e.getMessage());
        }
    }

    private static EmbeddedPostgres launch(Path data, Path logFile) throws IOException {
        ProcessBuilder.Redirect output = ProcessBuilder.Redirect.appendTo(logFile.toFile());
        // The library switches these off, for throw-away databases; this one holds mail.
        return EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("timezone", "UTC")
                .setServerConfig("max_connections", "100")
                .setServerConfig("max_wal_size", "1GB")
                .setPGStartupWait(Duration.ofSeconds(60))
                .setOutputRedirector(output)
                .setErrorRedirector(output)
                .setRegisterShutdownHook(false)
                .start();
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(channel) == null) {
            channel.close();
            throw new IOException("another herald holds this folder; stop it, or set another HERALD_DATA_DIR");
        }
        return channel;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void stopLeftOver(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        ProcessHandle leftOver = lines.isEmpty() ? null : running(lines.get(0).strip());
        if (leftOver != null) {
            log.info("stopping the PostgreSQL that an earlier run left behind");
            leftOver.destroy();
            awaitExit(leftOver);
        }
    }

    private static @Nullable ProcessHandle running(String pid) {
        return ProcessHandle.of(Long.parseLong(pid))
                .filter(process -> process.info().command().orElse("").endsWith("postgres"))
                .orElse(null);
    }

    private static void awaitExit(ProcessHandle process) throws IOException {
        try {
            process.onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an earlier PostgreSQL stops", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(
                    "the PostgreSQL of an earlier run (pid " + process.pid() + ") does not stop; end it by hand", e);
        }
    }
}
