package dev.herald.server.mail;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Turns a mail into the octets that go on the wire: each header once, two parts in {@code multipart/alternative}, lines of
 * at most 998 octets that end in CR LF, nothing but ASCII (apart from an address that needs SMTPUTF8). Not thread-safe.
 */
final class MimeWriter {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
    private static final String DELIMITER = "\r\n--" + PartWriter.BOUNDARY;
    private static final byte[] BEHIND_SUBJECT = ascii("\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n"
            + "Content-Type: multipart/alternative;\r\n boundary=\"" + PartWriter.BOUNDARY + "\"\r\n");
    private static final byte[] TEXT_PART = ascii(DELIMITER + "\r\nContent-Type: text/plain; charset=UTF-8\r\n");
    private static final byte[] HTML_PART = ascii(DELIMITER + "\r\nContent-Type: text/html; charset=UTF-8\r\n");
    private static final byte[] END = ascii(DELIMITER + "--\r\n");

    private final Octets whole = new Octets();
    private final PartWriter parts = new PartWriter();
    private long second = Long.MIN_VALUE;
    private String date = "";
    private @Nullable Mailbox lastSender;
    private String from = "";

    /** The mail as it is kept in a file. */
    byte[] write(EmailMessage message) {
        whole.clear();
        write(message, whole, false);
        return whole.copy();
    }

    /** Adds the mail as SMTP transmits it (RFC 5321, 4.5.2), up to the final dot but without it. */
    void writeForSmtp(EmailMessage message, Octets out) {
        write(message, out, true);
    }

    private void write(EmailMessage message, Octets out, boolean dotsDoubled) {
        out.add("Date: ").add(date(message.date()));
        out.add("\r\nFrom: ").add(from(message.sender()));
        out.add("\r\nTo: ").add(message.recipient().header());
        out.add("\r\nMessage-ID: <").add(message.messageId());
        out.add(">\r\nSubject: ").add(HeaderText.unstructured("Subject", message.subject()));
        out.add(BEHIND_SUBJECT);
        parts.write(out.add(TEXT_PART), message.text(), dotsDoubled);
        parts.write(out.add(HTML_PART), message.html(), dotsDoubled);
        out.add(END);
    }

    /** Most mails of a connection come from the same sender, many within the same second. */
    private String from(Mailbox sender) {
        if (!sender.equals(lastSender)) {
            lastSender = sender;
            from = sender.header();
        }
        return from;
    }

    private String date(Instant instant) {
        if (instant.getEpochSecond() != second) {
            second = instant.getEpochSecond();
            date = DATE.format(instant.atOffset(ZoneOffset.UTC));
        }
        return date;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
