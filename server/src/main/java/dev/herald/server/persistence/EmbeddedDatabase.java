package dev.herald.server.persistence;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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

    private final FolderLock lock;
    private final EmbeddedPostgres postgres;

    private EmbeddedDatabase(FolderLock lock, EmbeddedPostgres postgres) {
        this.lock = lock;
        this.postgres = postgres;
    }

    static EmbeddedDatabase start(Path directory) {
        try {
            Files.createDirectories(directory);
            FolderLock lock = FolderLock.take(directory);
            try {
                Path data = lock.folder().resolve("postgresql");
                stopLeftOver(data);
                return new EmbeddedDatabase(lock, launch(data, directory.resolve("postgresql.log")));
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
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
            lock.close();
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
                // Its log would quote the rows and statements that it refuses, with the addresses in them.
                .setServerConfig("log_error_verbosity", "terse")
                .setServerConfig("log_min_error_statement", "panic")
                .setServerConfig("timezone", "UTC")
                .setServerConfig("max_connections", "100")
                .setServerConfig("max_wal_size", "1GB")
                .setPGStartupWait(Duration.ofSeconds(60))
                .setOutputRedirector(output)
                .setErrorRedirector(output)
                .setRegisterShutdownHook(false)
                .start();
    }

    private static void stopLeftOver(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        List<String> lines = Files.readAllLines(pidFile);
        ProcessHandle process = lines.isEmpty() ? null : process(lines.get(0).strip());
        if (process == null) {
            return;
        }
        if (process.info()
                .command()
                .filter(command -> !command.endsWith("postgres"))
                .isPresent()) {
            // Since a restart of the machine the number is another process's, which would keep PostgreSQL from
            // starting.
            Files.delete(pidFile);
        } else {
            stop(process, data);
        }
    }

    private static @Nullable ProcessHandle process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).orElse(null);
    }

    private static void stop(ProcessHandle postgres, Path data) throws IOException {
        if (!Arrays.asList(postgres.info().arguments().orElse(new String[0])).contains(data.toString())) {
            throw new IOException("its postmaster.pid names process " + postgres.pid()
                    + ", a PostgreSQL of another folder; when it is, delete that file");
        }
        log.info("stopping the PostgreSQL that an earlier run left behind");
        postgres.destroy();
        awaitExit(postgres);
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
