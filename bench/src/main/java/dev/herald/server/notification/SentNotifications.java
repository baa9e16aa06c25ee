package dev.herald.server.notification;

import dev.herald.server.delivery.MailKind.SentRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Marks notifications sent as the attendance mail does; for benchmarks of other rooms. */
public final class SentNotifications {
    private static final NotificationRepository REPOSITORY = new NotificationRepository();

    private SentNotifications() {}

    /** One statement of the caller's transaction. */
    public static void mark(Connection connection, List<SentRecord> records) throws SQLException {
        REPOSITORY.markSent(connection, records);
    }
}
