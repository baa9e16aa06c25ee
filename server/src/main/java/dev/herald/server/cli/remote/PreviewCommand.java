package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.PreviewNotificationResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A mail as it would be rendered now. */
@Command(
        name = "preview",
        description =
                "Shows a notification's mail as it would be rendered now, the link's token masked. Sends nothing.",
        footer = {"", "Example: herald preview 4711 --html > mail.html"})
public final class PreviewCommand extends RemoteCommand {
    @Parameters(paramLabel = "EMAIL_ID", description = "the notification")
    long emailId;

    @Option(names = "--html", description = "print the HTML part and nothing else")
    boolean html;

    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        PreviewNotificationResponse mail = herald.notifications().preview(emailId);
        String text = "Subject: " + mail.getSubject() + "\n\n" + mail.getText();
        answer(mail, html ? mail.getHtml() : printable(text));
        return 0;
    }

    /** Whoever names a course doesn't get to speak to the terminal. */
    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Cf}&&[^\\r\\n\\t]]", "?");
    }
}
