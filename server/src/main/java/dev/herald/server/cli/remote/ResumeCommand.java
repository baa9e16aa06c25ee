package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.ResumeDeliveryResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Ends a pause. */
@Command(
        name = "resume",
        description = "Ends a pause at once. A pause of everything is ended without KIND, one of a kind by naming it.",
        footer = {"", "Example: herald resume attendance_session"})
public final class ResumeCommand extends RemoteCommand {
    @Parameters(paramLabel = "KIND", arity = "0..1", description = "the kind of mail that was paused (all)")
    String scope = "";

    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        ResumeDeliveryResponse done = herald.system().resumeDelivery(scope);
        answer(
                done,
                done.getResumed() ? Shown.scope(scope) + " goes on" : "there was no pause of " + Shown.scope(scope));
        return 0;
    }
}
