package dev.herald.server.testing;

import dev.herald.server.testing.ScriptedSmtpServer.Received;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The link in a mail, as its reader sees it. */
public final class Link {
    private static final Pattern LINK = Pattern.compile("https://\\S+[?&]token=(?<token>[A-Za-z0-9._-]+)");

    private Link() {}

    /** The whole link of the text part. */
    public static String in(Received mail) {
        return match(mail).group();
    }

    /** Its token. */
    public static String tokenIn(Received mail) {
        return match(mail).group("token");
    }

    private static Matcher match(Received mail) {
        try {
            MimeMessage message = new MimeMessage(null, new ByteArrayInputStream(mail.data()));
            String text = (String)
                    ((MimeMultipart) message.getContent()).getBodyPart(0).getContent();
            Matcher matcher = LINK.matcher(text);
            if (!matcher.find()) {
                throw new AssertionError("no link in " + text);
            }
            return matcher;
        } catch (MessagingException | IOException e) {
            throw new AssertionError(e);
        }
    }
}
