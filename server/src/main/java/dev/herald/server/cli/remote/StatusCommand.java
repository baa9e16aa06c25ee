package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.LiveScreen;
import dev.herald.v1.GetSystemStatusResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How Herald is; with --watch a live screen. */
@Command(
        name = "status",
        description = "Shows the queue, the processes that deliver, their relays, pauses and the schema.",
        footer = {"", "Example: herald status --watch"})
public final class StatusCommand extends RemoteCommand {
    private static final Duration EVERY = Duration.ofSeconds(1);

    @Option(names = "--watch", description = "show it anew every second, until q or Ctrl-C")
    boolean watch;

    @Option(names = "--count", paramLabel = "N", description = "with --watch, end after N times")
    long count = Long.MAX_VALUE;

    @Override
    Role role() {
        return Role.READER;
    }

    @Override
    int run(HeraldClient herald) throws IOException {
        if (count < 1) {
            throw wrong("--count: must be at least 1");
        }
        if (!watch) {
            show(herald);
        } else if (console().interactive() && !server.json) {
            screen(herald);
        } else {
            stream(herald);
        }
        return 0;
    }

    private void show(HeraldClient herald) {
        GetSystemStatusResponse status = herald.system().status();
        answer(status, text(status));
    }

    /** A server that doesn't answer is part of what the screen shows; one that never did ends the command instead. */
    private void screen(HeraldClient herald) throws IOException {
        herald.system().status();
        try (LiveScreen screen = LiveScreen.open()) {
            screen.show(count, EVERY, () -> frame(herald));
        }
    }

    private List<String> frame(HeraldClient herald) {
        try {
            return text(herald.system().status()).lines().toList();
        } catch (ServiceCallException e) {
            return List.of(sentence(e), "", "q ends");
        }
    }

    private void stream(HeraldClient herald) {
        try {
            for (long shown = 0; shown < count; shown++) {
                if (shown > 0) {
                    TimeUnit.NANOSECONDS.sleep(EVERY.toNanos());
                }
                show(herald);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String text(GetSystemStatusResponse status) {
        return new StatusText(status, colours()).toString();
    }
}
