package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.GenerateForSessionResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes what is missing of a session's mail. */
@Command(
        name = "generate",
        description = "Makes one mail for each active student of a session who has none yet. Harmless to repeat.",
        footer = {"", "Example: herald generate 42 && herald delivery 42 --watch"})
public final class GenerateCommand extends RemoteCommand {
    @Parameters(paramLabel = "SESSION_ID", description = "the session")
    long session;

    @Override
    Role role() {
        return Role.SESSION;
    }

    @Override
    int run(HeraldClient herald) {
        GenerateForSessionResponse made = herald.notifications().generateForSession(session);
        answer(
                made,
                table("session", "eligible", "created", "already there", "links expire")
                        .row(
                                made.getSessionId(),
                                made.getEligibleStudents(),
                                made.getNotificationsCreated(),
                                made.getAlreadyExisting(),
                                Shown.time(made.getTokenExpiresAt())));
        return 0;
    }
}
