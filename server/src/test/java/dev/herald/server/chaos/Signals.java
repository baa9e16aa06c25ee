package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Signals to processes the suite started. */
final class Signals {
    private Signals() {}

    /** Sends one; fails when the process isn't there. */
    static void send(String signal, long pid) {
        assertThat(Commands.run(List.of("kill", "-" + signal, Long.toString(pid))))
                .as("kill -" + signal + " " + pid)
                .isZero();
    }

    /** Sends one to those that are still there. */
    static void sendToAny(String signal, Collection<Long> pids) {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        pids.forEach(pid -> command.add(Long.toString(pid)));
        Commands.run(command);
    }
}
