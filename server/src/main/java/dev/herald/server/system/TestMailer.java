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
import dev.herald.server.rpc.CurrentCall;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.SendTestEmailResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Sends a mail at once, past the queue, so that people see whether a relay takes their mail. To allow-listed recipients only.
 * Two entries of the audit tell of it, before and after: where the second is missing, nobody knows how it ended. Blocks for as
 * long as relays take, and no longer than the call. Thread-safe.
 */
public final class TestMailer {
    private static final String ACCEPTED = "accepted";
    /** For a call without a deadline. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

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
        MailAddress recipient = allowed(to);
        String id = "test." + UUID.randomUUID();
        String messageId = id + "@" + mail.messageIdDomain();
        Act begun = Act.of("SendTestEmail", "mail/" + id)
                .after(new Facts().with("outcome", "begun").with("relays", transports.size()));
        note(begun);
        long start = System.nanoTime();
        Ending ending = deliver(new EmailMessage(
                messageId, mail.sender(), Mailbox.of(recipient), SUBJECT, TEXT, HTML, clock.instant()));
        // Whoever called may have gone, and what became of the mail is still to be told.
        CurrentCall.outlast(() -> note(ending.of(begun)));
        if (!ending.outcome().equals(ACCEPTED)) {
            throw ending.failure();
        }
        return SendTestEmailResponse.newBuilder()
                .setMessageId(messageId)
                .setRelay(ending.relay())
                .setSmtpCode(ending.reply().code())
                .setReply(ending.reply().text())
                .setDuration(Durations.fromNanos(System.nanoTime() - start))
                .build();
    }

    private MailAddress allowed(String to) {
        MailAddress recipient = MailAddress.of(to)
                .orElseThrow(() -> HeraldException.invalidFields(List.of(
                        new FieldFault("to", "RECIPIENT_INVALID", "must be one mail address, such as a@example.org"))));
        if (!config.allows(recipient)) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_TEST_EMAIL_NOT_ALLOWED,
                    "TEST_EMAIL_ALLOWED names neither this address nor its domain; add it on the server");
        }
        return recipient;
    }

    private void note(Act act) {
        transactions.writeSql(connection -> {
            audit.write(connection, act);
            return true;
        });
    }

    /** Over the first relay that can be had before the call is over. */
    private Ending deliver(EmailMessage message) {
        Ending last = new Ending("relay_unavailable", "", new RelayReply(0, "", "there is no relay"));
        for (MailTransport transport : transports) {
            try (MailConnection connection =
                    transport.connect(CurrentCall.timeLeft().orElse(LONGEST))) {
                return send(connection, message);
            } catch (RelayUnavailableException e) {
                last = new Ending("relay_unavailable", e.relay(), e.reply());
            }
        }
        return last;
    }

    private static Ending send(MailConnection connection, EmailMessage message) {
        Runnable callOff = CurrentCall.whenOver(connection::abort);
        try {
            DeliveryOutcome outcome = connection.send(message);
            return new Ending(outcome.kind().name().toLowerCase(Locale.ROOT), connection.relay(), outcome.reply());
        } finally {
            callOff.run();
        }
    }

    /** How it ended, and where. */
    private record Ending(String outcome, String relay, RelayReply reply) {
        Act of(Act begun) {
            return Act.of(begun.action(), begun.target())
                    .before(new Facts().with("outcome", "begun"))
                    .after(new Facts()
                            .with("outcome", outcome)
                            .with("relay", relay)
                            .with("smtp_code", reply.code())
                            .with("enhanced_code", reply.enhancedCode()));
        }

        HeraldException failure() {
            return HeraldException.of(
                    ErrorReason.ERROR_REASON_EMAIL_DELIVERY_FAILED,
                    "relay " + relay + ": " + reply.text(),
                    Map.of(
                            "relay", relay,
                            "smtp_code", Integer.toString(reply.code()),
                            "enhanced_code", reply.enhancedCode()));
        }
    }
}
