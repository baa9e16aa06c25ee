package dev.herald.server.chaos;

import dev.herald.server.testing.HeraldProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The suite's result: a line a fault. Each is printed when it is known. With -Pchaos, which runs in one process, all of them
 * are printed as one block at the end, also when some failed, and kept in server/target/chaos.txt.
 */
public final class ChaosTable implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
    private static final Path FILE = HeraldProcess.root().resolve("server/target/chaos.txt");
    private static final PrintStream OUT = System.out;
    private static final String HEAD = line("fault", "mails", "lost", "doubled", "allowed", "stuck", "recovery s");
    private static final List<Row> ROWS = new ArrayList<>();
    private static volatile String running = "";
    private static volatile long began;
    private static int rowsBefore;

    /**
     * What a fault did.
     *
     * @param lost mails that should have arrived, and the relay hasn't got
     * @param doubled further copies the relay got
     * @param allowed how many of those the fault excuses: 0 where no outcome was unknown
     * @param stuck mails that were still pending when patience ended
     * @param seconds from the fault's end until all was well
     */
    record Row(String fault, long mails, long lost, long doubled, long allowed, long stuck, double seconds) {
        private String text() {
            return line(
                    fault,
                    mails + "",
                    lost + "",
                    doubled + "",
                    allowed + "",
                    stuck + "",
                    String.format(Locale.ROOT, "%.1f", seconds));
        }
    }

    static synchronized void add(Row row) {
        ROWS.add(row);
        OUT.println("chaos: " + row.text());
        if (Size.isFull()) {
            keep();
        }
    }

    private static void keep() {
        try {
            Files.writeString(FILE, text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(Block.class);
        running = context.getDisplayName();
        began = System.nanoTime();
        rowsBefore = ROWS.size();
        OUT.println("chaos: " + running);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        if (context.getExecutionException().isPresent() && ROWS.size() == rowsBefore) {
            add(new Row("FAILED " + running, 0, -1, -1, 0, -1, 0));
        }
    }

    private static synchronized String text() {
        return Stream.concat(Stream.of(HEAD), ROWS.stream().map(Row::text))
                .collect(Collectors.joining(System.lineSeparator(), "", System.lineSeparator()));
    }

    private static String line(String fault, String... figures) {
        return String.format("%-72s", fault)
                + Stream.of(figures)
                        .map(figure -> String.format("| %10s ", figure))
                        .collect(Collectors.joining());
    }

    /** Lives as long as the run: says every half minute what is going on, and prints the table when it ends. */
    static final class Block implements AutoCloseable {
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

        Block() {
            timer.scheduleAtFixedRate(Block::say, 30, 30, TimeUnit.SECONDS);
        }

        private static void say() {
            OUT.println("chaos: " + running + " goes on, " + (System.nanoTime() - began) / 1_000_000_000 + " s");
        }

        @Override
        public void close() {
            timer.shutdownNow();
            if (Size.isFull()) {
                OUT.println(System.lineSeparator() + text());
            }
        }
    }
}
