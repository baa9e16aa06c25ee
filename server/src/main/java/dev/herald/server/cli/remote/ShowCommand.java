package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.Notification;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** One notification with everything its relays said. */
@Command(
        name = "show",
        description = "Shows a notification with every delivery attempt and the relay's replies.",
        footer = {"", "Example: herald show 4711"})
public final class ShowCommand extends RemoteCommand {
    @Parameters(paramLabel = "EMAIL_ID", description = "its id, as herald list tells")
    long emailId;

    @Override
    Role role() {
        return Role.READER;
    }

    @Override
    int run(HeraldClient herald) {
        Notification notification = herald.notifications().get(emailId);
        answer(notification, new NotificationText(notification, colours()));
        return 0;
    }
}
