package dev.herald.server.system;

import com.google.protobuf.util.Durations;
import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.mail.DeliveryOutcome;
import dev.herald.server.mail.EmailMessage;
import dev.herald.server.mail.MailAddress;
import dev.herald.server.mail.MailConfig;
import dev.herald.server.mail.MailConnection;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.mail.Mailbox;
import dev.herald.server.mail.RelayReply;
import dev.herald.server.mail.RelayUnavailableException;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.SendTestEmailResponse;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Sends a mail at once, past the queue, so that people see whether a relay takes their mail. To allow-listed recipients only.
 * Blocks for as long as relays take. Thread-safe.
 */
public final class TestMailer {
    private static final String SUBJECT = "Herald test mail";
    private static final String TEXT =
            "This mail was sent by hand to see whether mail leaves. Nothing needs to be done.\r\n";
    private static final String HTML =
            "<!DOCTYPE html><html lang=\"en\"><body><p>" + TEXT.strip() + "</p></body></html>\r\n";

    private final SystemConfig config;
    private final MailConfig mail;
    private final List<MailTransport> transports;
    private final Transactions transactions;
    private final Clock clock;
    private final AuditLog audit = new AuditLog();

    /**
     * A mailer.
     *
     * @param transports where mail can go; the first that can be had is used
     */
    public TestMailer(
            SystemConfig config,
            MailConfig mail,
            List<MailTransport> transports,
            Transactions transactions,
            Clock clock) {
        this.config = config;
        this.mail = mail;
        this.transports = List.copyOf(transports);
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Sends one.
     *
     * @throws HeraldException TEST_EMAIL_NOT_ALLOWED, or EMAIL_DELIVERY_FAILED with what the relay said
     */
    SendTestEmailResponse send(String to) {
        MailAddress recipient = MailAddress.of(to)
                .orElseThrow(() -> HeraldException.invalidFields(List.of(
                        new FieldFault("to", "RECIPIENT_INVALID", "must be one mail address, such as a@example.org"))));
        if (!config.allows(recipient)) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_TEST_EMAIL_NOT_ALLOWED,
                    "TEST_EMAIL_ALLOWED names neither this address nor its domain; add it on the server");
        }
        String id = "test." + UUID.randomUUID();
        String messageId = id + "@" + mail.messageIdDomain();
        note(id);
        long start = System.nanoTime();
        EmailMessage message =
                new EmailMessage(messageId, mail.sender(), Mailbox.of(recipient), SUBJECT, TEXT, HTML, clock.instant());
        try (MailConnection connection = connect()) {
            DeliveryOutcome outcome = connection.send(message);
            if (outcome.kind() != DeliveryOutcome.Kind.ACCEPTED) {
                throw failed(connection.relay(), outcome.reply());
            }
            return SendTestEmailResponse.newBuilder()
                    .setMessageId(messageId)
                    .setRelay(connection.relay())
                    .setSmtpCode(outcome.reply().code())
                    .setReply(outcome.reply().text())
                    .setDuration(Durations.fromNanos(System.nanoTime() - start))
                    .build();
        }
    }

    /** Before it leaves: no mail without an entry. */
    private void note(String id) {
        transactions.writeSql(connection -> {
            audit.write(
                    connection,
                    Act.of("SendTestEmail", "mail/" + id).after(new Facts().with("relays", transports.size())));
            return true;
        });
    }

    private MailConnection connect() {
        HeraldException refusal = null;
        for (MailTransport transport : transports) {
            try {
                return transport.connect();
            } catch (RelayUnavailableException e) {
                refusal = failed(e.relay(), e.reply());
            }
        }
        throw refusal == null ? failed("", new RelayReply(0, "", "there is no relay")) : refusal;
    }

    private static HeraldException failed(String relay, RelayReply reply) {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_EMAIL_DELIVERY_FAILED,
                "relay " + relay + ": " + reply.text(),
                Map.of(
                        "relay", relay,
                        "smtp_code", Integer.toString(reply.code()),
                        "enhanced_code", reply.enhancedCode()));
    }
}
