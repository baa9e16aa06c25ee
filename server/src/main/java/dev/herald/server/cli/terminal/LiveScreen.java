package dev.herald.server.cli.terminal;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;

/**
 * A screen that is drawn anew every so often, until q or Ctrl-C. What was on the terminal before is there again afterwards. For one
 * thread.
 */
public final class LiveScreen implements AutoCloseable {
    private final Terminal terminal;
    private final Attributes before;
    private final SignalHandler interrupted;
    private final Display display;
    private final AtomicBoolean ended = new AtomicBoolean();

    LiveScreen(Terminal terminal) {
        this.terminal = terminal;
        this.before = terminal.enterRawMode();
        this.interrupted = terminal.handle(Signal.INT, signal -> ended.set(true));
        this.display = new Display(terminal, true);
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
    }

    /** On the terminal of this process. */
    public static LiveScreen open() throws IOException {
        return new LiveScreen(TerminalBuilder.builder().system(true).build());
    }

    /**
     * Shows frames until the end is asked for.
     *
     * @param most frames to show
     * @param every how long each stands
     * @param frame draws one: lines without line breaks, which may hold ANSI colours; what doesn't fit is cut off
     */
    public void show(long most, Duration every, Supplier<List<String>> frame) throws IOException {
        for (long shown = 0; shown < most && !ended.get(); shown++) {
            draw(frame.get());
            if (shown + 1 < most) {
                await(every);
            }
        }
    }

    @Override
    public void close() throws IOException {
        terminal.puts(Capability.cursor_visible);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
        terminal.setAttributes(before);
        terminal.handle(Signal.INT, interrupted);
        terminal.close();
    }

    private void draw(List<String> lines) {
        int height = Math.max(1, terminal.getHeight());
        int width = Math.max(1, terminal.getWidth());
        display.resize(height, width);
        display.update(
                lines.stream()
                        .limit(height)
                        .map(line -> AttributedString.fromAnsi(line).columnSubSequence(0, width))
                        .toList(),
                0);
        terminal.flush();
    }

    /** The keyboard is what it waits on; Ctrl-C is noticed within a tenth of a second. */
    private void await(Duration every) throws IOException {
        long end = System.nanoTime() + every.toNanos();
        while (!ended.get() && System.nanoTime() < end) {
            int key = terminal.reader().read(100);
            if (key == 'q' || key == 'Q' || key == -1) {
                ended.set(true);
            }
        }
    }
}
