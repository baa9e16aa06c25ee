package dev.herald.server.mail;

import java.time.Instant;

/** Mails for transports to carry. */
final class TestMails {
    private TestMails() {}

    static EmailMessage to(String address) {
        return numbered(1, address);
    }

    static EmailMessage numbered(int number, String address) {
        return new EmailMessage(
                number + ".1@example.org",
                Mailbox.parse("Herald <no-reply@example.org>"),
                Mailbox.of(MailAddress.parse(address)),
                "Hello",
                "Hello\n.\n..dots\n",
                "<p>Hello</p>",
                Instant.parse("2025-10-25T03:30:00Z"));
    }
}
