package dev.herald.server.mail;

import java.time.Instant;
import java.util.Optional;

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
    private static final int LONGEST_ID = 128;
    private static final int LONGEST_DOMAIN = 253;

    /**
     * Checks it once more.
     *
     * @throws MessageFaultException when a value may not become a header
     */
    public EmailMessage {
        if (!isMessageId(messageId)) {
            throw new MessageFaultException("message_id", "MALFORMED");
        }
        check("subject", subject);
        check("sender", sender.name().orElse(""));
        check("recipient", recipient.name().orElse(""));
    }

    /** Letters, digits and a few marks on both sides of the one at sign. */
    private static boolean isMessageId(String text) {
        int at = text.indexOf('@');
        int domain = text.length() - at - 1;
        return at >= 1
                && at <= LONGEST_ID
                && domain >= 1
                && domain <= LONGEST_DOMAIN
                && isOf("._+=-", text, 0, at)
                && isOf(".-", text, at + 1, text.length());
    }

    private static boolean isOf(String marks, String text, int start, int end) {
        for (int i = start; i < end; i++) {
            char c = text.charAt(i);
            if (!HeaderText.isLetterOrDigit(c) && marks.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static void check(String field, String value) {
        Optional<String> reason = HeaderText.fault(value);
        if (reason.isPresent()) {
            throw new MessageFaultException(field, reason.get());
        }
    }

    /** Only the Message-ID: the rest holds an address and a link. */
    @Override
    public String toString() {
        return "EmailMessage[" + messageId + "]";
    }
}
