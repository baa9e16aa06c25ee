package dev.herald.server.notification;

import dev.herald.server.error.HeraldException;
import dev.herald.server.mail.RenderedMail;
import dev.herald.server.mail.TemplateException;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.PreviewNotificationResponse;
import java.util.Map;
import java.util.Optional;

/** Shows a mail as it would be sent now, without its token. Thread-safe. */
final class NotificationPreviewer {
    private static final String MASK = "********";

    private final Transactions transactions;
    private final AttendanceTemplate template;

    NotificationPreviewer(Transactions transactions, AttendanceTemplate template) {
        this.transactions = transactions;
        this.template = template;
    }

    PreviewNotificationResponse preview(long emailId) {
        AttendanceData data = Optional.ofNullable(transactions
                        .readSql(connection -> AttendanceData.find(connection, new long[] {emailId}))
                        .get(emailId))
                .orElseThrow(() -> SessionFaults.notificationNotFound(emailId));
        RenderedMail rendered = render(data);
        return PreviewNotificationResponse.newBuilder()
                .setSubject(rendered.subject())
                .setText(rendered.text())
                .setHtml(rendered.html())
                .build();
    }

    private RenderedMail render(AttendanceData data) {
        try {
            return template.render(data, MASK);
        } catch (TemplateException e) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_TEMPLATE_FAILED,
                    "the mail can't be rendered; mend the template or the session's data",
                    Map.of("email_id", Long.toString(data.emailId())));
        }
    }
}
