package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.v1.SendTestEmailResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sends one mail past the queue. */
@Command(
        name = "send-test",
        description =
                "Sends one mail now, past the queue, and tells what the relay said. Only to addresses that the server's"
                        + " TEST_EMAIL_ALLOWED names.",
        footer = {"", "Example: herald send-test ops@campus.example"})
public final class SendTestCommand extends RemoteCommand {
    @Parameters(paramLabel = "ADDRESS", description = "to whom")
    String address;

    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        SendTestEmailResponse sent = herald.system().sendTestEmail(address);
        long millis =
                sent.getDuration().getSeconds() * 1_000 + sent.getDuration().getNanos() / 1_000_000;
        answer(
                sent,
                table("relay", "code", "ms", "reply", "Message-ID")
                        .row(sent.getRelay(), sent.getSmtpCode(), millis, sent.getReply(), sent.getMessageId()));
        return 0;
    }
}
