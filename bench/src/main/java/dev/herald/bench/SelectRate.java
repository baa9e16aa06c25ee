package dev.herald.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** How many rows a second this PostgreSQL finds by key for 8 clients: by pgbench, or where there is none by a loop in Java. */
final class SelectRate {
    private static final int CLIENTS = 8;
    private static final int ROWS = 10_000;
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+) \\(without");

    private final Rig rig;
    private final BenchDatabase database;
    private final Optional<Path> pgbench;

    private SelectRate(Rig rig, BenchDatabase database, Optional<Path> pgbench) {
        this.rig = rig;
        this.database = database;
        this.pgbench = pgbench;
    }

    /** Makes the table. */
    static SelectRate prepare(Rig rig, BenchDatabase database) {
        database.execute("CREATE TABLE bench_rows AS SELECT id, md5(id::text) AS state FROM generate_series(1, " + ROWS
                + ") AS id");
        database.execute("ALTER TABLE bench_rows ADD PRIMARY KEY (id)");
        database.execute("VACUUM ANALYZE bench_rows");
        return new SelectRate(rig, database, find());
    }

    String name() {
        return pgbench.isPresent() ? "pgbench" : "jdbc";
    }

    double measure(Duration length) {
        return pgbench.isPresent() ? byPgbench(pgbench.get(), length) : byJdbc(length);
    }

    private static Optional<Path> find() {
        File[] versions =
                Optional.ofNullable(new File("/usr/lib/postgresql").listFiles()).orElse(new File[0]);
        return Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(":", -1)).map(Path::of),
                        Arrays.stream(versions).map(version -> version.toPath().resolve("bin")))
                .map(folder -> folder.resolve("pgbench"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private double byPgbench(Path program, Duration length) {
        URI uri = database.uri();
        try {
            Path script = Files.writeString(
                    rig.folder().resolve("select.sql"),
                    "\\set id random(1, " + ROWS + ")\nSELECT state FROM bench_rows WHERE id = :id;\n");
            return CommandOutput.number(
                    rig.children(),
                    List.of(
                            program.toString(),
                            "-n",
                            "-M",
                            "prepared",
                            "-f",
                            script.toString(),
                            "-c",
                            Integer.toString(CLIENTS),
                            "-j",
                            "2",
                            "-T",
                            Long.toString(Math.max(1, length.toSeconds())),
                            "-h",
                            uri.getHost(),
                            "-p",
                            Integer.toString(uri.getPort()),
                            "-U",
                            database.text("SELECT current_user"),
                            uri.getPath().substring(1)),
                    RATE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double byJdbc(Duration length) {
        long start = System.nanoTime();
        long end = start + length.toNanos();
        List<CompletableFuture<Integer>> clients = IntStream.range(0, CLIENTS)
                .mapToObj(client -> CompletableFuture.supplyAsync(
                        () -> selects(end), task -> new Thread(task, "select-" + client).start()))
                .toList();
        double rows = clients.stream().mapToInt(CompletableFuture::join).sum();
        return rows / ((System.nanoTime() - start) / 1e9);
    }

    private int selects(long end) {
        int rows = 0;
        try (Connection connection = DriverManager.getConnection(database.url());
                PreparedStatement statement =
                        connection.prepareStatement("SELECT state FROM bench_rows WHERE id = ?")) {
            while (System.nanoTime() - end < 0) {
                statement.setInt(1, ThreadLocalRandom.current().nextInt(1, ROWS + 1));
                try (ResultSet row = statement.executeQuery()) {
                    rows += row.next() ? 1 : 0;
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new BenchDatabase.Failure("select", e);
        }
    }
}
