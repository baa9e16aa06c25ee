package dev.herald.server.cli.terminal;

import java.io.InputStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import me.tongfei.progressbar.wrapped.ProgressBarWrappedInputStream;
import org.jspecify.annotations.Nullable;

/** A progress bar on standard error, for long work; nothing at all where nobody watches. For one thread. */
public final class Progress implements AutoCloseable {
    private static final int WIDTH = 78;
    private static final int EVERY_MILLIS = 200;

    private final Console console;
    private final @Nullable ProgressBar bar;

    private Progress(Console console, @Nullable ProgressBar bar) {
        this.console = console;
        this.bar = bar;
    }

    /**
     * Begins.
     *
     * @param wanted whether to show it although nobody seems to watch
     * @param total how much there is to do; -1 while that is unknown
     */
    public static Progress begin(Console console, boolean wanted, String what, long total) {
        return new Progress(console, wanted || console.interactive() ? bar(console, what, total) : null);
    }

    /** So much is done by now. */
    public void at(long done) {
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    /** The same, of so much. */
    public void at(long done, long total) {
        if (bar != null) {
            bar.maxHint(total);
        }
        at(done);
    }

    /** A stream whose bytes count as done when they are read. */
    public InputStream counting(InputStream stream) {
        return bar == null ? stream : new ProgressBarWrappedInputStream(stream, bar);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            console.err().println();
        }
    }

    private static ProgressBar bar(Console console, String what, long total) {
        return new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(total)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(EVERY_MILLIS)
                .setConsumer(new DelegatingProgressBarConsumer(line -> draw(console, line), WIDTH))
                .build();
    }

    private static void draw(Console console, String line) {
        console.err().print("\r" + line);
        console.err().flush();
    }
}
