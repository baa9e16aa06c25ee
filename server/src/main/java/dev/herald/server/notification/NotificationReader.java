package dev.herald.server.notification;

import com.google.protobuf.util.Durations;
import dev.herald.server.delivery.DeliveryAttemptEntry;
import dev.herald.server.delivery.Outbox;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.rpc.PageToken;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.DeliveryAttempt;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.Notification;
import dev.herald.v1.SessionDelivery;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.StatelessSession;

/** Answers what stands where. Thread-safe. */
final class NotificationReader {
    private static final int DEFAULT_PAGE = 100;
    private static final int LARGEST_PAGE = 1_000;

    private final Transactions transactions;
    private final Outbox outbox;

    NotificationReader(NotificationRoom room) {
        this.transactions = room.transactions();
        this.outbox = room.outbox();
    }

    Notification get(long emailId) {
        return transactions.write(session -> get(session, emailId));
    }

    ListNotificationsResponse list(ListNotificationsRequest request) {
        int size = request.getPageSize() == 0 ? DEFAULT_PAGE : Math.min(request.getPageSize(), LARGEST_PAGE);
        long before = PageToken.read(request);
        List<Notification> found =
                transactions.readSql(connection -> NotificationQuery.list(connection, request, before, size + 1));
        ListNotificationsResponse.Builder answer = ListNotificationsResponse.newBuilder();
        found.stream().limit(size).forEach(answer::addNotifications);
        if (found.size() > size) {
            answer.setNextPageToken(PageToken.write(request, found.get(size - 1).getEmailId()));
        }
        return answer.build();
    }

    SessionDelivery delivery(long sessionId) {
        SessionDelivery found = deliveries(Set.of(sessionId)).get(sessionId);
        if (found == null) {
            throw SessionFaults.notFound(sessionId);
        }
        return found;
    }

    /** Those of the sessions that exist, with one statement. */
    Map<Long, SessionDelivery> deliveries(Set<Long> sessionIds) {
        long[] ids = sessionIds.stream().mapToLong(Long::longValue).toArray();
        return transactions.readSql(connection -> NotificationQuery.deliveries(connection, ids));
    }

    private Notification get(StatelessSession session, long emailId) {
        Notification found = Transactions.onConnection(
                        session, connection -> NotificationQuery.find(connection, emailId))
                .orElseThrow(() -> SessionFaults.notificationNotFound(emailId));
        Notification.Builder answer = found.toBuilder();
        outbox.attempts(session, AttendanceMail.KIND, emailId).forEach(attempt -> answer.addAttempts(attempt(attempt)));
        return answer.build();
    }

    private static DeliveryAttempt attempt(DeliveryAttemptEntry entry) {
        return DeliveryAttempt.newBuilder()
                .setAttemptedAt(ProtoTimes.timestamp(entry.attemptedAt()))
                .setRelay(entry.relay())
                .setSmtpCode(entry.smtpCode())
                .setEnhancedCode(entry.enhancedCode())
                .setReply(entry.reply())
                .setDuration(Durations.fromMillis(entry.durationMs()))
                .setOutcome(NotificationWords.outcome(entry.outcome()))
                .build();
    }
}
