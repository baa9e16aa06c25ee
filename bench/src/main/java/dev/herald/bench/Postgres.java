package dev.herald.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The PostgreSQL of a run: the one BENCH_DATABASE_URL names, or one of our own that flushes as a production server does. Each
 * case has a new database in it.
 */
public final class Postgres implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String url;
    private final @Nullable EmbeddedPostgres embedded;

    private Postgres(String url, @Nullable EmbeddedPostgres embedded) {
        this.url = url;
        this.embedded = embedded;
    }

    /** One that is there already; its user may create databases. */
    static Postgres at(String url) {
        return new Postgres(url, null);
    }

    /** One of our own, which keeps its files in the folder while it lives. */
    public static Postgres start(Path folder) {
        ProcessBuilder.Redirect log = ProcessBuilder.Redirect.appendTo(
                folder.resolve("postgresql.log").toFile());
        try {
            EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                    .setDataDirectory(folder.resolve("postgresql"))
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("timezone", "UTC")
                    .setServerConfig("max_connections", "100")
                    .setServerConfig("shared_buffers", "512MB")
                    .setServerConfig("max_wal_size", "4GB")
                    .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                    .setPGStartupWait(Duration.ofSeconds(60))
                    .setOutputRedirector(log)
                    .setErrorRedirector(log)
                    .setRegisterShutdownHook(false)
                    .start();
            return new Postgres(postgres.getJdbcUrl("postgres", "postgres"), postgres);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new database with nothing in it. Closing it drops it. */
    public BenchDatabase newDatabase() {
        String name = "herald_bench_" + ProcessHandle.current().pid() + "_" + NUMBER.incrementAndGet();
        try (BenchDatabase maintenance = BenchDatabase.open(url, "")) {
            maintenance.execute("CREATE DATABASE " + name);
        }
        return BenchDatabase.open(url.replaceFirst("/[^/?]+(\\?|$)", "/" + name + "$1"), dropping(name));
    }

    @Override
    public void close() {
        if (embedded != null) {
            try {
                embedded.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private String dropping(String name) {
        return embedded != null ? "" : "DROP DATABASE " + name + " WITH (FORCE)";
    }
}
