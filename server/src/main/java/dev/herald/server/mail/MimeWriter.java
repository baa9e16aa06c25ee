package dev.herald.server.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * Turns a mail into the octets that go on the wire, apart from dot-stuffing: each header once, lines of at most 998 octets
 * that end in CR LF. Thread-safe.
 */
final class MimeWriter {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH);
    private static final Session SESSION = session();

    byte[] write(EmailMessage message) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream(4_096);
            build(message).writeTo(out);
            return out.toByteArray();
        } catch (MessagingException e) {
            throw new IllegalStateException("a checked mail can't be composed", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MimeMessage build(EmailMessage message) throws MessagingException {
        MimeMessage mime = new KeptIdMessage(message.messageId());
        mime.setHeader("Date", date(message.date()));
        mime.setHeader("From", message.sender().header());
        mime.setHeader("To", message.recipient().header());
        mime.setHeader("Subject", HeaderText.unstructured("Subject", message.subject()));
        mime.setHeader("Auto-Submitted", "auto-generated");
        mime.setContent(new MimeMultipart("alternative", part(message.text(), "plain"), part(message.html(), "html")));
        mime.saveChanges();
        return mime;
    }

    private static MimeBodyPart part(String content, String subtype) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        String lines = content.lines().collect(Collectors.joining("\r\n", "", "\r\n"));
        part.setText(lines, "UTF-8", subtype);
        return part;
    }

    private static String date(Instant instant) {
        return DATE.format(instant.atOffset(ZoneOffset.UTC));
    }

    private static Session session() {
        Properties properties = new Properties();
        // A local part that isn't ASCII stands in To as UTF-8, for relays that offer SMTPUTF8.
        properties.put("mail.mime.allowutf8", "true");
        return Session.getInstance(properties);
    }

    /** By itself jakarta.mail would put an ID of its own in the place of ours. */
    private static final class KeptIdMessage extends MimeMessage {
        private final String messageId;

        KeptIdMessage(String messageId) {
            super(SESSION);
            this.messageId = messageId;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + messageId + ">");
        }
    }
}
