package dev.herald.server.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A terminal of 20 columns and 3 lines, its keyboard a pipe. */
@Timeout(30)
class LiveScreenTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final PipedOutputStream keyboard = new PipedOutputStream();
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private final AtomicInteger frames = new AtomicInteger();
    private Terminal terminal;

    @BeforeEach
    void open() throws IOException {
        terminal = new ExternalTerminal("test", "xterm", new PipedInputStream(keyboard), seen, StandardCharsets.UTF_8);
        terminal.setSize(new Size(20, 3));
    }

    @AfterEach
    void close() throws IOException {
        terminal.close();
    }

    @Test
    void show_soManyFrames_drawsEachAndGivesTheTerminalBack() throws IOException {
        try (LiveScreen screen = new LiveScreen(terminal)) {
            screen.show(3, SHORT, this::frame);
        }
        assertThat(frames).hasValue(3);
        assertThat(screen()).containsSubsequence("\u001b[?1049h", "frame 1", "2", "3", "\u001b[?1049l");
    }

    @Test
    void show_linesThatDontFit_areCutOff() throws IOException {
        try (LiveScreen screen = new LiveScreen(terminal)) {
            screen.show(1, SHORT, () -> List.of("0123456789012345678901234", "two", "three", "four"));
        }
        assertThat(screen()).contains("01234567890123456789", "three").doesNotContain("901234567890123456789", "four");
    }

    @Test
    void show_qTyped_ends() throws Exception {
        CompletableFuture<Void> end = show();
        keyboard.write('x');
        keyboard.write('q');
        keyboard.flush();
        end.get();
        assertThat(frames).hasValue(1);
    }

    @Test
    void show_interrupted_endsAndRestores() throws Exception {
        CompletableFuture<Void> end = show();
        terminal.raise(Signal.INT);
        end.get();
        assertThat(screen()).contains("\u001b[?1049l");
    }

    /** Runs until it is ended; returns when the first frame stands. */
    private CompletableFuture<Void> show() {
        CompletableFuture<Void> end = CompletableFuture.runAsync(() -> {
            try (LiveScreen screen = new LiveScreen(terminal)) {
                screen.show(Long.MAX_VALUE, LONG, this::frame);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() -> screen().contains("frame"));
        return end;
    }

    private List<String> frame() {
        return List.of("\u001b[31mframe " + frames.incrementAndGet() + "\u001b[0m");
    }

    private String screen() {
        return seen.toString(StandardCharsets.UTF_8);
    }
}
