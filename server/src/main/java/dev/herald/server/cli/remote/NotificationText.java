package dev.herald.server.cli.remote;

import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.server.cli.terminal.Table;
import dev.herald.v1.DeliveryAttempt;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.Notification;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.ColorScheme;

/** A notification with its attempts. */
final class NotificationText {
    private final Notification notification;
    private final ColorScheme colours;

    NotificationText(Notification notification, ColorScheme colours) {
        this.notification = notification;
        this.colours = colours;
    }

    /** A cell: green for sent, red for failed. */
    static Text status(Table table, Notification notification) {
        Style style = switch (notification.getStatus()) {
            case DELIVERY_STATUS_SENT -> Style.fg_green;
            case DELIVERY_STATUS_FAILED -> Style.fg_red;
            default -> Style.fg_yellow;
        };
        return table.text(Shown.status(notification.getStatus()), style);
    }

    @Override
    public String toString() {
        return notification.getAttemptsCount() == 0 ? fields() + "\nno attempt yet\n" : fields() + "\n" + attempts();
    }

    private Table fields() {
        Table table = new Table(colours, "email_id", Long.toString(notification.getEmailId()));
        table.row("session", Long.toString(notification.getSessionId()))
                .row("student", Long.toString(notification.getStudentProfileId()))
                .row("status", status(table, notification));
        if (notification.getStatus() == DeliveryStatus.DELIVERY_STATUS_FAILED) {
            table.row("reason", Shown.reason(notification.getFailureReason()));
        }
        return table.row("created", Shown.time(notification.getCreatedAt()))
                .row("sent", Shown.time(notification.getSentAt()))
                .row("next attempt", Shown.time(notification.getNextAttemptAt()))
                .row("link expires", Shown.time(notification.getTokenExpiresAt()))
                .row("link no.", Integer.toString(notification.getGeneration()));
    }

    private Table attempts() {
        Table table = new Table(colours, "attempted", "relay", "outcome", "ms", "code", "enhanced", "reply");
        for (DeliveryAttempt attempt : notification.getAttemptsList()) {
            table.row(
                    Shown.time(attempt.getAttemptedAt()),
                    attempt.getRelay(),
                    EnumWords.word(attempt.getOutcome(), "ATTEMPT_OUTCOME_"),
                    attempt.getDuration().getSeconds() * 1_000
                            + attempt.getDuration().getNanos() / 1_000_000,
                    attempt.getSmtpCode() == 0 ? "-" : attempt.getSmtpCode(),
                    Shown.text(attempt.getEnhancedCode()),
                    attempt.getReply());
        }
        return table;
    }
}
