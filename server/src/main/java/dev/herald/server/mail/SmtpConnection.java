package dev.herald.server.mail;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.mail.ReplyClassifier.Stage;
import jakarta.mail.MessagingException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A kept SMTP connection. The only thing it remembers of a mail is whether there was one. */
final class SmtpConnection implements MailConnection {
    private final String relay;
    private final SmtpSession session;
    private final CapturedSocket socket;
    private final Watchdog watchdog;
    private final MimeWriter writer = new MimeWriter();
    private boolean first = true;
    private volatile boolean usable = true;

    SmtpConnection(String relay, SmtpSession session, CapturedSocket socket, Watchdog watchdog) {
        this.relay = relay;
        this.session = session;
        this.socket = socket;
        this.watchdog = watchdog;
    }

    @Override
    public DeliveryOutcome send(EmailMessage message, @Nullable EmailMessage next) {
        MailAddress recipient = message.recipient().address();
        if (!usable) {
            return new DeliveryOutcome(Kind.CONNECTION_LOST, RelayReply.none("the connection is closed"));
        } else if (needsSmtpUtf8(message) && !session.supportsExtension("SMTPUTF8")) {
            return new DeliveryOutcome(Kind.SMTPUTF8_REQUIRED, RelayReply.none("the relay doesn't offer SMTPUTF8"));
        }
        byte[] octets = writer.write(message);
        MailAddress sender = message.sender().address();
        DeliveryOutcome outcome =
                watchdog.watch(socket, () -> exchange(sender, recipient, needsSmtpUtf8(message), octets));
        first = false;
        return outcome;
    }

    private static boolean needsSmtpUtf8(EmailMessage message) {
        return message.recipient().address().needsSmtpUtf8()
                || message.sender().address().needsSmtpUtf8();
    }

    private DeliveryOutcome exchange(MailAddress sender, MailAddress recipient, boolean smtpUtf8, byte[] octets) {
        Stage stage = Stage.MAIL;
        try {
            int code = session.mail(sender, smtpUtf8);
            if (code / 100 == 2) {
                stage = Stage.RCPT;
                code = session.recipient(recipient);
            }
            if (stage == Stage.RCPT && code / 100 == 2) {
                stage = Stage.DATA;
                code = session.content(octets);
            }
            if (stage == Stage.DATA && code == 354) {
                stage = Stage.DOT;
                code = session.finalDot();
            }
            return answered(stage, code, RelayReply.read(code, response(), recipient));
        } catch (MessagingException | IOException e) {
            return broken(stage, Faults.describe(e));
        }
    }

    private DeliveryOutcome answered(Stage stage, int code, RelayReply reply) {
        if (code < 200 || code > 599) {
            return isEnd(code) ? broken(stage, "closed by the relay") : garbled(stage, reply);
        }
        Kind kind = ReplyClassifier.classify(stage, reply, first);
        if (kind == Kind.RELAY_TROUBLE || kind == Kind.CONNECTION_LOST || kind == Kind.UNKNOWN) {
            drop();
        } else if (stage != Stage.DOT) {
            reset();
        }
        return new DeliveryOutcome(kind, reply);
    }

    private boolean isEnd(int code) {
        return code < 0 && response().equals("[EOF]");
    }

    /** What isn't SMTP leaves no way to tell which answer belongs to what. */
    private DeliveryOutcome garbled(Stage stage, RelayReply reply) {
        drop();
        return new DeliveryOutcome(stage == Stage.DOT ? Kind.UNKNOWN : Kind.TRANSIENT, reply);
    }

    private DeliveryOutcome broken(Stage stage, String how) {
        String what = socket.wasCut() ? "no end within the time allowed, or stopped" : how;
        drop();
        if (stage == Stage.DOT) {
            return new DeliveryOutcome(Kind.UNKNOWN, RelayReply.none("connection lost after the final dot: " + what));
        }
        Kind kind = first ? Kind.TRANSIENT : Kind.CONNECTION_LOST;
        return new DeliveryOutcome(kind, RelayReply.none("connection lost at " + stage + ": " + what));
    }

    private void reset() {
        try {
            usable = session.reset() / 100 == 2;
        } catch (MessagingException e) {
            usable = false;
        }
    }

    private void drop() {
        usable = false;
        socket.cut();
    }

    private String response() {
        @Nullable String response = session.getLastServerResponse();
        return response == null ? "" : response.strip();
    }

    @Override
    public boolean usable() {
        return usable;
    }

    @Override
    public String relay() {
        return relay;
    }

    @Override
    public void abort() {
        usable = false;
        socket.cut();
    }

    @Override
    public void close() {
        usable = false;
        try {
            session.close();
        } catch (MessagingException e) {
            // What was accepted stays accepted.
        } finally {
            socket.cut();
        }
    }
}
