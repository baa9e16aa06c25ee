package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.client.ResponseStream;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.Progress;
import dev.herald.server.cli.terminal.Table;
import dev.herald.v1.SessionDelivery;
import io.grpc.Status;
import java.time.Duration;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How far a session's delivery is; with --watch until nothing is pending. */
@Command(
        name = "delivery",
        description =
                "Shows how far a session's delivery is. With --watch it ends when nothing is pending: exit code 1 when mails"
                        + " failed.",
        footer = {"", "Example: herald delivery 42 --watch"})
public final class DeliveryCommand extends RemoteCommand {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Parameters(paramLabel = "SESSION_ID", description = "the session")
    long session;

    @Option(names = "--watch", description = "follow it to its end")
    boolean watch;

    private SessionDelivery last = SessionDelivery.getDefaultInstance();
    private boolean heard;
    private long heardAt;

    @Override
    Role role() {
        return Role.READER;
    }

    @Override
    int run(HeraldClient herald) {
        if (!watch) {
            SessionDelivery state = herald.notifications().sessionDelivery(session);
            answer(state, text(state));
            return 0;
        }
        try (Progress progress = Progress.begin(console(), server.progress, "session " + session, -1)) {
            boolean ended = false;
            while (!ended) {
                ended = follow(herald, progress);
            }
        }
        tell(text(last));
        return last.getFailed() == 0 ? 0 : 1;
    }

    /**
     * Whether it came to its end. A stream that broke is to be opened anew, while a server that was heard of may be starting again.
     * The calls' own pauses keep that from being busy.
     */
    private boolean follow(HeraldClient herald, Progress progress) {
        try (ResponseStream<SessionDelivery> states = herald.notifications().watchSessionDelivery(session)) {
            while (states.hasNext()) {
                tell(states.next(), progress);
            }
            return true;
        } catch (ServiceCallException e) {
            boolean lately = heard && System.nanoTime() - heardAt < PATIENCE.toNanos();
            if (e.code() != Status.Code.UNAVAILABLE || !lately) {
                throw e;
            }
            return false;
        }
    }

    private void tell(SessionDelivery state, Progress progress) {
        last = state;
        heard = true;
        heardAt = System.nanoTime();
        progress.at((long) state.getSent() + state.getFailed(), state.getTotal());
        answer(state);
    }

    private String text(SessionDelivery state) {
        Table table = table("session", "total", "pending", "sent", "failed", "oldest pending", "last sent")
                .row(
                        state.getSessionId(),
                        state.getTotal(),
                        state.getPending(),
                        state.getSent(),
                        state.getFailed(),
                        Shown.time(state.getOldestPendingAt()),
                        Shown.time(state.getLastSentAt()));
        String ids = state.getFailedEmailIdsList().stream().map(String::valueOf).collect(Collectors.joining(" "));
        return ids.isEmpty() ? table.toString() : table + "failed: " + ids;
    }
}
