package dev.herald.server.notification;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;

/**
 * Deletes notifications, with their attempts, when their session has been over for long enough. Never one that is still to be
 * delivered, or whose link is still good. Thread-safe.
 */
public final class RetentionPurger {
    /** How many one transaction deletes at most. */
    public static final int BATCH = 1_000;

    private final RetentionConfig config;
    private final Clock clock;
    private final NotificationRepository notifications = new NotificationRepository();

    public RetentionPurger(RetentionConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /** Deletes a batch; how many, which is less than {@link #BATCH} when it was the last. */
    public int purge(Connection connection) throws SQLException {
        Instant now = clock.instant();
        return config.age().isZero() ? 0 : notifications.deleteEnded(connection, now.minus(config.age()), now, BATCH);
    }
}
