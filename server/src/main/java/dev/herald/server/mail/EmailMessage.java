package dev.herald.server.mail;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * A mail to one recipient, ready to be handed over. Whoever makes one has passed the gate of {@link HeaderText} for each
 * value that becomes a header.
 *
 * @param messageId what stands between the angle brackets, such as {@code 12.1@example.org}
 * @param sender the From mailbox; its address is the envelope's sender too
 * @param recipient the one recipient
 * @param subject one line
 * @param text the plain-text part
 * @param html the HTML part
 * @param date the Date header; to the second
 */
public record EmailMessage(
        String messageId, Mailbox sender, Mailbox recipient, String subject, String text, String html, Instant date) {
    private static final Pattern MESSAGE_ID = Pattern.compile("[a-zA-Z0-9._+=-]{1,128}@[a-zA-Z0-9.-]{1,253}");

    /**
     * Checks it once more.
     *
     * @throws MessageFaultException when a value may not become a header
     */
    public EmailMessage {
        if (!MESSAGE_ID.matcher(messageId).matches()) {
            throw new MessageFaultException("message_id", "MALFORMED");
        }
        check("subject", subject);
        check("sender", sender.name().orElse(""));
        check("recipient", recipient.name().orElse(""));
    }

    private static void check(String field, String value) {
        HeaderText.fault(value).ifPresent(reason -> {
            throw new MessageFaultException(field, reason);
        });
    }

    /** Only the Message-ID: the rest holds an address and a link. */
    @Override
    public String toString() {
        return "EmailMessage[" + messageId + "]";
    }
}
