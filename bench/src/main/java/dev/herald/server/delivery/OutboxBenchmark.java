package dev.herald.server.delivery;

import dev.herald.bench.BenchDatabase;
import dev.herald.bench.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The two statements' groups that delivery lives on, against a real PostgreSQL that flushes; commits included. */
@BenchmarkMode(Mode.AverageTime)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class OutboxBenchmark {
    private static final int CLAIM = 100;
    private static final int RESULTS = 32;

    /** Claims a hundred of some thousands that are due. */
    @Benchmark
    public int claim100(Claiming state) {
        return state.queue.scene.claim(CLAIM);
    }

    /** Writes down that 32 mails were sent: queue, attempts and notifications. */
    @Benchmark
    public void markSent32(Marking state) {
        state.queue.scene.markSent();
    }

    /** What was claimed is given back. */
    @State(Scope.Thread)
    public static class Claiming {
        private final Queue queue = new Queue();

        @Setup(Level.Invocation)
        public void fill() {
            queue.fill(CLAIM);
        }

        @TearDown(Level.Invocation)
        public void giveBack() {
            queue.scene.giveBack();
        }

        @TearDown(Level.Trial)
        public void close() throws IOException {
            queue.close();
        }
    }

    /** 32 mails are claimed before each. */
    @State(Scope.Thread)
    public static class Marking {
        private final Queue queue = new Queue();

        @Setup(Level.Invocation)
        public void claim() {
            queue.fill(RESULTS);
            queue.left -= queue.scene.claim(RESULTS);
        }

        @TearDown(Level.Trial)
        public void close() throws IOException {
            queue.close();
        }
    }

    /** A PostgreSQL with a queue that never runs dry. */
    private static final class Queue {
        private final Path folder;
        private final Postgres postgres;
        private final BenchDatabase database;
        private final OutboxScene scene;
        private int left;

        Queue() {
            try {
                folder = Files.createTempDirectory("herald-bench");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            postgres = Postgres.start(folder);
            database = postgres.newDatabase();
            scene = OutboxScene.open(database.url());
        }

        void fill(int least) {
            if (left < least) {
                scene.queue(OutboxScene.STUDENTS);
                left += OutboxScene.STUDENTS;
            }
        }

        void close() throws IOException {
            scene.close();
            database.close();
            postgres.close();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
