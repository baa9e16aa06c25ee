package dev.herald.server.notification;

import dev.herald.server.delivery.Composition;
import dev.herald.server.delivery.FailureReason;
import dev.herald.server.delivery.MailKind;
import dev.herald.server.mail.EmailMessage;
import dev.herald.server.mail.MailAddress;
import dev.herald.server.mail.Mailbox;
import dev.herald.server.mail.MessageFaultException;
import dev.herald.server.mail.RenderedMail;
import dev.herald.server.mail.TemplateException;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.token.TokenIssuer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attendance mail as the delivery engine sees it: composed from data fetched at this moment, one query a batch, and signed
 * here, so that no usable link is ever at rest. Thread-safe.
 */
public final class AttendanceMail implements MailKind {
    /** The word in outbox.kind, and the templates' folder. */
    public static final String KIND = "attendance_session";

    private static final Logger log = LoggerFactory.getLogger(AttendanceMail.class);

    private final Transactions transactions;
    private final TokenIssuer tokens;
    private final AttendanceTemplate template;
    private final Mailbox sender;
    private final String messageIdDomain;
    private final Clock clock;
    private final NotificationRepository notifications = new NotificationRepository();

    /**
     * The kind.
     *
     * @param messageIdDomain what stands behind the at sign of a Message-ID
     */
    public AttendanceMail(
            Transactions transactions,
            TokenIssuer tokens,
            AttendanceTemplate template,
            Mailbox sender,
            String messageIdDomain,
            Clock clock) {
        this.transactions = transactions;
        this.tokens = tokens;
        this.template = template;
        this.sender = sender;
        this.messageIdDomain = messageIdDomain;
        this.clock = clock;
    }

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public List<Composition> compose(long[] refIds) {
        Map<Long, AttendanceData> found = transactions.readSql(connection -> AttendanceData.find(connection, refIds));
        Instant now = clock.instant();
        List<Composition> compositions = new ArrayList<>(refIds.length);
        for (long refId : refIds) {
            compositions.add(compose(found.get(refId), now));
        }
        return compositions;
    }

    @Override
    public void markSent(Connection connection, List<SentRecord> records) throws SQLException {
        notifications.markSent(connection, records);
    }

    @Override
    public void markFailed(Connection connection, List<FailedRecord> records) throws SQLException {
        notifications.markFailed(connection, records);
    }

    private Composition compose(@Nullable AttendanceData data, Instant now) {
        if (data == null || !data.status().equals("pending")) {
            return new Composition.Gone();
        }
        if (!data.active()) {
            return new Composition.Refused(FailureReason.RECIPIENT_INACTIVE, "student or user is not active");
        }
        // Only where the directory belongs to others can its rows be incomplete.
        if (data.courseName() == null || data.courseCode() == null || data.firstName() == null) {
            return new Composition.Refused(FailureReason.TEMPLATE_ERROR, "the course or the user lacks a name");
        }
        Optional<String> token = tokens.sign(data.token());
        // A revoked token, or one whose key was withdrawn, makes a link as useless as an expired one.
        if (token.isEmpty() || data.tokenSpent() || !ExpiryPolicy.livesLongEnough(data.tokenExpiresAt(), now)) {
            return new Composition.Refused(
                    FailureReason.TOKEN_EXPIRED, "the link would live less than 2 minutes, or is revoked");
        }
        Optional<MailAddress> address = Optional.ofNullable(data.address()).flatMap(MailAddress::of);
        if (address.isEmpty()) {
            return new Composition.Refused(FailureReason.RECIPIENT_INVALID, "the address may not be put on the wire");
        }
        return message(data, Mailbox.named(address.get(), fullName(data)), token.get(), now);
    }

    private Composition message(AttendanceData data, Mailbox recipient, String token, Instant now) {
        try {
            RenderedMail rendered = template.render(data, token);
            String messageId = data.emailId() + "." + data.generation() + "@" + messageIdDomain;
            return new Composition.Ready(new EmailMessage(
                    messageId, sender, recipient, rendered.subject(), rendered.text(), rendered.html(), now));
        } catch (MessageFaultException e) {
            return new Composition.Refused(FailureReason.RECIPIENT_INVALID, e.field() + ": " + e.reason());
        } catch (TemplateException e) {
            log.warn("notification {} can't be rendered: {}", data.emailId(), e.getMessage());
            return new Composition.Refused(FailureReason.TEMPLATE_ERROR, "the template can't be rendered");
        } catch (RuntimeException | StackOverflowError e) {
            log.warn(
                    "notification {} can't be rendered: {}",
                    data.emailId(),
                    e.getClass().getName());
            return new Composition.Refused(
                    FailureReason.TEMPLATE_ERROR, e.getClass().getSimpleName());
        }
    }

    private static String fullName(AttendanceData data) {
        return (Objects.requireNonNullElse(data.firstName(), "") + " "
                        + Objects.requireNonNullElse(data.lastName(), ""))
                .strip();
    }
}
