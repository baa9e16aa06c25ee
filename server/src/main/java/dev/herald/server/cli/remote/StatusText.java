package dev.herald.server.cli.remote;

import com.google.protobuf.Timestamp;
import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.server.cli.terminal.Table;
import dev.herald.v1.DeliveryExecutor;
import dev.herald.v1.DeliveryPause;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.QueueDepth;
import dev.herald.v1.RelayState;
import dev.herald.v1.RelayStatus;
import java.util.List;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;

/** The system's status as tables. */
final class StatusText {
    private final GetSystemStatusResponse status;
    private final ColorScheme colours;
    private final Timestamp now;

    StatusText(GetSystemStatusResponse status, ColorScheme colours) {
        this.status = status;
        this.colours = colours;
        this.now = status.getAsOf();
    }

    @Override
    public String toString() {
        return String.join("\n", summary(), queues(), executors(), relays(), pauses());
    }

    private String summary() {
        Table table = new Table(colours, "version", "schema", "sent/min", "failed/min", "as of");
        boolean current = status.getSchemaVersion().equals(status.getSchemaExpected());
        String schema =
                current ? status.getSchemaVersion() : status.getSchemaVersion() + ", not " + status.getSchemaExpected();
        return table.row(
                        Shown.text(status.getVersion()),
                        current ? schema : table.text(schema, Style.fg_red),
                        status.getSentLastMinute(),
                        status.getFailedLastMinute(),
                        Shown.time(now))
                .toString();
    }

    private String queues() {
        Table table = new Table(colours, "queue", "priority", "due", "waiting", "in hand", "failed", "oldest due for");
        for (QueueDepth queue : status.getQueuesList()) {
            table.row(
                    queue.getKind(),
                    EnumWords.word(queue.getPriority(), "DELIVERY_PRIORITY_"),
                    queue.getDue(),
                    queue.getWaiting(),
                    queue.getInHand(),
                    queue.getFailed(),
                    Shown.age(queue.getOldestDueAt(), now));
        }
        return status.getQueuesCount() == 0 ? "nothing is queued\n" : table.toString();
    }

    private String executors() {
        Table table =
                new Table(colours, "delivering", "version", "up for", "seen ago", "in hand", "sent/min", "failed/min");
        for (DeliveryExecutor executor : status.getExecutorsList()) {
            table.row(
                    executor.getName(),
                    executor.getVersion(),
                    Shown.age(executor.getStartedAt(), now),
                    Shown.age(executor.getSeenAt(), now),
                    executor.getInHand(),
                    executor.getSentLastMinute(),
                    executor.getFailedLastMinute());
        }
        return status.getExecutorsCount() == 0
                ? colours.apply("no process delivers", List.of(Style.fg_red)) + "\n"
                : table.toString();
    }

    private String relays() {
        Table table = new Table(colours, "relay", "of", "state", "for", "trouble");
        for (DeliveryExecutor executor : status.getExecutorsList()) {
            for (RelayStatus relay : executor.getRelaysList()) {
                boolean trouble = relay.getState() == RelayState.RELAY_STATE_IN_TROUBLE;
                table.row(
                        relay.getRelay(),
                        executor.getName(),
                        table.text(trouble ? "in trouble" : "working", trouble ? Style.fg_red : Style.fg_green),
                        Shown.age(relay.getSince(), now),
                        Shown.text(relay.getTrouble()));
            }
        }
        return status.getExecutorsCount() == 0 ? "" : table.toString();
    }

    private String pauses() {
        Table table = new Table(colours, "paused", "until", "since");
        for (DeliveryPause pause : status.getPausesList()) {
            table.row(
                    table.text(Shown.scope(pause.getScope()), Style.fg_yellow),
                    Shown.time(pause.getUntil()),
                    Shown.time(pause.getPausedAt()));
        }
        return status.getPausesCount() == 0 ? "nothing is paused\n" : table.toString();
    }
}
