package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.CancelForSessionResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Stops a session's mail. */
@Command(
        name = "cancel",
        description = "Stops a session's pending mail and revokes its links. This can't be undone.",
        footer = {"", "Example: herald cancel 42"})
public final class CancelCommand extends RemoteCommand {
    @Parameters(paramLabel = "SESSION_ID", description = "the session")
    long session;

    @Override
    Role role() {
        return Role.SESSION;
    }

    @Override
    int run(HeraldClient herald) {
        CancelForSessionResponse done = herald.notifications().cancelForSession(session);
        answer(done, "cancelled " + done.getCancelled() + " mails, revoked " + done.getRevokedTokens() + " links");
        return 0;
    }
}
