package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.PauseDeliveryResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has no mail leave for a while. */
@Command(
        name = "pause",
        description =
                "Has no mail leave, on any process, until a moment at most 7 days ahead. Mail goes on being queued.",
        footer = {"", "Example: herald pause attendance_session --for 1h"})
public final class PauseCommand extends RemoteCommand {
    @Parameters(paramLabel = "KIND", arity = "0..1", description = "a kind of mail, such as attendance_session (all)")
    String scope = "";

    @ArgGroup(multiplicity = "1")
    End end;

    /** When it ends: exactly one of the two. */
    static final class End {
        @Option(names = "--for", required = true, paramLabel = "TIME", description = "for so long, such as 30m or 1h")
        @Nullable
        Duration length;

        @Option(names = "--until", required = true, paramLabel = "WHEN", description = "until 2026-11-22T10:00:00Z")
        @Nullable
        Instant moment;
    }

    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        PauseDeliveryResponse pause = herald.system().pauseDelivery(scope, until());
        answer(pause, Shown.scope(pause.getScope()) + " is paused until " + Shown.time(pause.getUntil()));
        return 0;
    }

    private Instant until() {
        if (end.moment != null) {
            return end.moment;
        }
        return Clock.systemUTC().instant().plus(end.length == null ? Duration.ZERO : end.length);
    }
}
