package dev.herald.server.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * One SMTP session, command by command, so that it is known which one a fault befell. Each method returns the reply's code,
 * or something outside 200 to 599 when there was none worth the name.
 */
final class SmtpSession extends SMTPTransport {
    SmtpSession(Session session, URLName relay) {
        super(session, relay);
    }

    synchronized int mail(MailAddress sender, boolean smtpUtf8) throws MessagingException {
        return command("MAIL FROM:<" + sender.text() + ">" + (smtpUtf8 ? " SMTPUTF8" : ""));
    }

    synchronized int recipient(MailAddress recipient) throws MessagingException {
        return command("RCPT TO:<" + recipient.text() + ">");
    }

    /** DATA and, after the go-ahead, everything but the final dot. */
    synchronized int content(byte[] octets) throws MessagingException, IOException {
        try {
            data().write(octets);
            return 354;
        } catch (SMTPSendFailedException e) {
            return e.getReturnCode();
        }
    }

    synchronized int finalDot() throws MessagingException, IOException {
        try {
            finishData();
            return 250;
        } catch (SMTPSendFailedException e) {
            return e.getReturnCode();
        }
    }

    synchronized int reset() throws MessagingException {
        return command("RSET");
    }

    private int command(String line) throws MessagingException {
        return simpleCommand(line.getBytes(StandardCharsets.UTF_8));
    }
}
