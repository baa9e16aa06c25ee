package dev.herald.server.mail;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.mail.ReplyClassifier.Stage;
import jakarta.mail.MessagingException;
import java.io.IOException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;

/**
 * A kept SMTP connection. With a relay that offers PIPELINING (RFC 2920) the envelope goes out in one flight, and that of the
 * next mail with the content before it, so that a mail costs one round trip; otherwise each command waits for its reply.
 */
final class SmtpConnection implements MailConnection {
    private static final int GO_AHEAD = 354;
    private static final int CLOSING = 421;
    /** Of a large mail, what leaves together with the final dot: if the rest doesn't get through, it can't have been taken. */
    private static final int LAST_FLIGHT = 65_536;

    private final String relay;
    private final SMTPTransport session;
    private final CapturedSocket socket;
    private final SmtpWire wire;
    private final Watchdog.Leash leash;
    private final boolean pipelining;
    private final boolean smtpUtf8;
    private final MimeWriter writer = new MimeWriter();
    private final Octets flight = new Octets();
    private Stage stage = Stage.MAIL;
    private boolean first = true;
    /** The mail whose envelope is on its way, or with the relay, already. */
    private @Nullable EmailMessage announced;

    private volatile boolean usable = true;

    /** Goes on with a session that has got as far as sending mail. */
    SmtpConnection(String relay, SMTPTransport session, CapturedSocket socket, Watchdog.Leash leash)
            throws IOException {
        this.relay = relay;
        this.session = session;
        this.socket = socket;
        this.leash = leash;
        this.wire = new SmtpWire(socket.open(), leash);
        this.pipelining = session.supportsExtension("PIPELINING");
        this.smtpUtf8 = session.supportsExtension("SMTPUTF8");
    }

    @Override
    public DeliveryOutcome send(EmailMessage message, @Nullable EmailMessage next) {
        boolean told = announced != null;
        if (told && !message.equals(announced)) {
            drop();
        }
        announced = null;
        if (!usable) {
            return new DeliveryOutcome(Kind.CONNECTION_LOST, RelayReply.none("the connection is closed"));
        } else if (!isFit(message)) {
            return new DeliveryOutcome(Kind.SMTPUTF8_REQUIRED, RelayReply.none("the relay doesn't offer SMTPUTF8"));
        }
        return watched(message, told, pipelining && next != null && isFit(next) ? next : null);
    }

    private DeliveryOutcome watched(EmailMessage message, boolean told, @Nullable EmailMessage next) {
        boolean ended = false;
        leash.startAttempt();
        try {
            DeliveryOutcome outcome = exchange(message, told, next);
            ended = true;
            return outcome;
        } finally {
            leash.endAttempt();
            first = false;
            if (!ended) {
                drop();
            }
        }
    }

    private boolean isFit(EmailMessage message) {
        return smtpUtf8 || !Envelope.needsSmtpUtf8(message);
    }

    private DeliveryOutcome exchange(EmailMessage message, boolean told, @Nullable EmailMessage next) {
        MailAddress recipient = message.recipient().address();
        stage = Stage.MAIL;
        try {
            if (pipelining && !told) {
                announce(message);
            }
            int code = envelope(message);
            if (code != GO_AHEAD || stage != Stage.DATA) {
                return answered(code, recipient);
            } else if (wire.isOutOfStep()) {
                return outOfStep(recipient);
            }
            content(message, next);
            return answered(wire.read(), recipient);
        } catch (IOException e) {
            return broken(Faults.describe(e));
        }
    }

    private void announce(EmailMessage message) throws IOException {
        flight.clear();
        Envelope.addTo(flight, message);
        wire.write(flight);
    }

    /** The reply to DATA, or that to the command before it which was refused. */
    private int envelope(EmailMessage message) throws IOException {
        int code = 0;
        for (Stage command : Envelope.COMMANDS) {
            stage = command;
            if (!pipelining) {
                flight.clear();
                Envelope.addTo(flight, message, command);
                wire.write(flight);
            }
            code = wire.read();
            if (code / 100 != 2) {
                return code;
            }
        }
        return code;
    }

    private void content(EmailMessage message, @Nullable EmailMessage next) throws IOException {
        flight.clear();
        writer.writeForSmtp(message, flight);
        flight.add(".\r\n");
        int early = Math.max(0, flight.size() - LAST_FLIGHT);
        if (early > 0) {
            wire.write(flight, 0, early);
        }
        if (next != null) {
            announced = next;
            Envelope.addTo(flight, next);
        }
        stage = Stage.DOT;
        wire.write(flight, early, flight.size());
    }

    private DeliveryOutcome answered(int code, MailAddress recipient) {
        if (code == ReplyReader.END) {
            return broken("closed by the relay");
        }
        RelayReply reply = RelayReply.read(code, wire.response(), recipient);
        if (code < 200 || code > 599) {
            return garbled(reply);
        }
        Kind kind = ReplyClassifier.classify(stage, reply, first);
        if (code == CLOSING || kind == Kind.RELAY_TROUBLE || kind == Kind.UNKNOWN) {
            drop();
        } else if (stage != Stage.DOT) {
            reset();
        }
        return new DeliveryOutcome(kind, reply);
    }

    /** What isn't SMTP leaves no way to tell which answer belongs to what. */
    private DeliveryOutcome garbled(RelayReply reply) {
        drop();
        return new DeliveryOutcome(stage == Stage.DOT ? Kind.UNKNOWN : Kind.TRANSIENT, reply);
    }

    /** Something came behind the go-ahead: whatever it is, the content stays here. */
    private DeliveryOutcome outOfStep(MailAddress recipient) throws IOException {
        int code = wire.read();
        return code == ReplyReader.END || code == CLOSING
                ? answered(code, recipient)
                : garbled(RelayReply.read(code, wire.response(), recipient));
    }

    private DeliveryOutcome broken(String how) {
        String what = socket.wasCut() ? "no end within the time allowed, or stopped" : how;
        drop();
        if (stage == Stage.DOT) {
            return new DeliveryOutcome(Kind.UNKNOWN, RelayReply.none("connection lost after the final dot: " + what));
        }
        Kind kind = first ? Kind.TRANSIENT : Kind.CONNECTION_LOST;
        return new DeliveryOutcome(kind, RelayReply.none("connection lost at " + stage + ": " + what));
    }

    /** Makes the connection fit for another mail after a refusal; the refused mail's outcome stands, whatever comes. */
    private void reset() {
        try {
            if (!isDrained() || ask("RSET\r\n") / 100 != 2) {
                drop();
            }
        } catch (IOException e) {
            drop();
        }
    }

    /** Takes in the answers to what was sent together with the refused command. */
    private boolean isDrained() throws IOException {
        if (!pipelining || stage == Stage.DATA) {
            return true;
        }
        // A recipient without a sender: behind the go-ahead a lone dot would be an empty mail to somebody.
        boolean sane = stage != Stage.MAIL || isRefusal(wire.read());
        int code = sane ? wire.read() : ReplyReader.GARBLED;
        return isRefusal(code) || (code == GO_AHEAD && isAnswer(ask(".\r\n")));
    }

    private static boolean isRefusal(int code) {
        return code >= 400 && isAnswer(code);
    }

    private static boolean isAnswer(int code) {
        return code >= 200 && code <= 599 && code != CLOSING;
    }

    private int ask(String line) throws IOException {
        flight.clear();
        wire.write(flight.add(line));
        return wire.read();
    }

    private void drop() {
        usable = false;
        leash.release();
        socket.cut();
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
        drop();
    }

    @Override
    public void close() {
        usable = false;
        leash.startAttempt();
        try {
            if (announced == null) {
                session.close();
            }
        } catch (MessagingException e) {
            // What was accepted stays accepted.
        } finally {
            drop();
        }
    }
}
