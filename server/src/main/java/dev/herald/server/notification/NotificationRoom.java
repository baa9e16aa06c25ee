package dev.herald.server.notification;

import dev.herald.server.delivery.Outbox;
import dev.herald.server.directory.DirectoryRepository;
import dev.herald.server.directory.DirectoryWriter;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.token.TokenIssuer;
import dev.herald.server.token.TokenStateRepository;
import java.time.Clock;

/**
 * What this room is given from the floors below, for its use cases to take what they need.
 *
 * @param whenQueued called after a commit that queued mail
 */
public record NotificationRoom(
        NotificationConfig config,
        Transactions transactions,
        DirectoryRepository directory,
        DirectoryWriter directoryWriter,
        Outbox outbox,
        RequestLedger requests,
        TokenIssuer tokenIssuer,
        TokenStateRepository tokenStates,
        Clock clock,
        Runnable whenQueued) {

    NotificationRepository notifications() {
        return new NotificationRepository();
    }
}
