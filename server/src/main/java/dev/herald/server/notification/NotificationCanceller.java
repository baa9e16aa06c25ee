package dev.herald.server.notification;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.delivery.Outbox;
import dev.herald.server.directory.DirectoryRepository;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.token.TokenStateRepository;
import dev.herald.v1.CancelForSessionResponse;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Stops a session's mail and makes its links useless, in one transaction. Mail that failed before is cancelled too, so that no
 * retry sends it, and what is generated later is cancelled from birth ({@link NotificationGenerator}). Thread-safe.
 */
final class NotificationCanceller {
    private final Transactions transactions;
    private final DirectoryRepository directory;
    private final NotificationRepository notifications;
    private final Outbox outbox;
    private final TokenStateRepository tokenStates;
    private final AuditLog audit = new AuditLog();

    NotificationCanceller(NotificationRoom room) {
        this.transactions = room.transactions();
        this.directory = room.directory();
        this.notifications = room.notifications();
        this.outbox = room.outbox();
        this.tokenStates = room.tokenStates();
    }

    CancelForSessionResponse cancel(long sessionId) {
        return transactions.writeSql(connection -> cancel(connection, sessionId));
    }

    private CancelForSessionResponse cancel(Connection connection, long sessionId) throws SQLException {
        // Whoever generates for the session now has committed before, and is cancelled with the rest, or comes after.
        notifications.holdSession(connection, sessionId);
        if (!directory.sessionExists(connection, sessionId)) {
            throw SessionFaults.notFound(sessionId);
        }
        notifications.noteCancelled(connection, sessionId);
        long[] unsent = notifications.findUnsent(connection, sessionId);
        // Queue entries first, as the recorder of results locks them.
        outbox.remove(connection, AttendanceMail.KIND, unsent);
        NotificationRepository.Cancelled cancelled = notifications.markCancelled(connection, unsent);
        int revoked = tokenStates.revokeSession(connection, sessionId);
        audit.write(
                connection,
                Act.of("CancelForSession", "session/" + sessionId)
                        .before(new Facts().with("pending", cancelled.pending()).with("failed", cancelled.failed()))
                        .after(new Facts()
                                .with("cancelled", cancelled.pending() + cancelled.failed())
                                .with("revoked_tokens", revoked)));
        return CancelForSessionResponse.newBuilder()
                .setCancelled(cancelled.pending())
                .setRevokedTokens(revoked)
                .build();
    }
}
