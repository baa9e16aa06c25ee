package dev.herald.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What all cases of a run share: a PostgreSQL, the tools, a folder for logs, and the sizes.
 *
 * @param root the repository
 * @param folder of this run, below bench/target
 * @param tools smtp-sink and smtp-source, where they can be had
 */
record Rig(
        Path root,
        Path folder,
        Sizes sizes,
        Children children,
        Postgres postgres,
        Optional<SmtpTools> tools,
        Report report)
        implements AutoCloseable {

    /** Starts what the cases share. */
    static Rig open(Path root, Sizes sizes, Optional<SmtpTools> tools) {
        try {
            Path folder = Files.createTempDirectory(target(root), "run-");
            Postgres postgres = Optional.ofNullable(System.getenv("BENCH_DATABASE_URL"))
                    .map(Postgres::at)
                    .orElseGet(() -> Postgres.start(folder));
            Rig rig = new Rig(root, folder, sizes, new Children(), postgres, tools, new Report());
            Runtime.getRuntime().addShutdownHook(new Thread(rig::close, "end-of-run"));
            return rig;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where runs keep their files. */
    static Path target(Path root) {
        try {
            return Files.createDirectories(root.resolve("bench/target"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** smtp-sink, or our own slower one. */
    MailSink sink() {
        return tools.isPresent() ? SmtpSink.start(children, tools.get()) : OwnSink.start();
    }

    SmtpSource source(int port, int sessions) {
        return source(port, sessions, sizes.baselineMails());
    }

    SmtpSource source(int port, int sessions, int mails) {
        return new SmtpSource(children, tools, port, sessions, mails);
    }

    void print(Figures figures) {
        report.print(figures);
    }

    /** Ends every process of the run. The logs stay, the database's files go. */
    @Override
    public void close() {
        children.close();
        postgres.close();
    }
}
