package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Signals to processes the suite started. */
final class Signals {
    private Signals() {}

    /** Sends one; fails when a process isn't there. */
    static void send(String signal, Collection<Long> pids) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        pids.forEach(pid -> command.add(Long.toString(pid)));
        assertThat(Commands.run(command)).as(String.join(" ", command)).isZero();
    }

    static void send(String signal, long pid) {
        send(signal, List.of(pid));
    }
}
