package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.Table;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.Notification;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Notifications by any filter, page by page. */
@Command(
        name = "list",
        description = "Lists notifications, newest first.",
        footer = {"", "Example: herald list --session 42 --status failed"})
public final class ListCommand extends RemoteCommand {
    @Mixin
    MailFilter which;

    @Option(names = "--student", paramLabel = "ID", description = "of this student profile")
    long student;

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            converter = StatusWords.class,
            completionCandidates = StatusWords.class,
            description = "in this status: ${COMPLETION-CANDIDATES}")
    @Nullable
    DeliveryStatus status;

    @Option(
            names = "--created-after",
            paramLabel = "WHEN",
            description = "created at or after: 2026-11-22T10:00:00Z, or 2h for two hours ago")
    @Nullable
    Instant createdAfter;

    @Option(names = "--created-before", paramLabel = "WHEN", description = "created before")
    @Nullable
    Instant createdBefore;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many, 0 for all (100)")
    long limit = PageSizes.DEFAULT;

    @Override
    Role role() {
        return Role.READER;
    }

    @Override
    int run(HeraldClient herald) {
        ListNotificationsRequest.Builder request = filter();
        PageSizes sizes = PageSizes.of(limit, this::wrong);
        do {
            boolean first = request.getPageToken().isEmpty();
            request.setPageSize(sizes.next());
            ListNotificationsResponse page = herald.notifications().listPage(request.build());
            answer(page, first && page.getNotificationsCount() == 0 ? "No notifications match." : table(page));
            sizes.got(page.getNotificationsCount());
            request.setPageToken(page.getNextPageToken());
        } while (sizes.more() && !request.getPageToken().isEmpty());
        if (!server.json && !request.getPageToken().isEmpty()) {
            console().err().println("there are more: --limit " + limit + " ended the list");
        }
        return 0;
    }

    private ListNotificationsRequest.Builder filter() {
        ListNotificationsRequest.Builder request =
                ListNotificationsRequest.newBuilder().setStudentProfileId(student);
        Optional.ofNullable(which.session).ifPresent(request::setSessionId);
        Optional.ofNullable(which.reason).ifPresent(request::setFailureReason);
        Optional.ofNullable(status).ifPresent(request::setStatus);
        Optional.ofNullable(createdAfter).map(ProtoTimes::timestamp).ifPresent(request::setCreatedAfter);
        Optional.ofNullable(createdBefore).map(ProtoTimes::timestamp).ifPresent(request::setCreatedBefore);
        return request;
    }

    private Table table(ListNotificationsResponse page) {
        Table table = table(
                "email_id", "session", "student", "status", "reason", "attempts", "created", "sent", "next attempt");
        for (Notification one : page.getNotificationsList()) {
            table.row(
                    one.getEmailId(),
                    one.getSessionId(),
                    one.getStudentProfileId(),
                    NotificationText.status(table, one),
                    Shown.reason(one.getFailureReason()),
                    one.getAttemptCount(),
                    Shown.time(one.getCreatedAt()),
                    Shown.time(one.getSentAt()),
                    Shown.time(one.getNextAttemptAt()));
        }
        return table;
    }
}
