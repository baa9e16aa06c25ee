package dev.herald.server.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a channel of PostgreSQL (LISTEN), on a connection and a thread of its own. A connection that is lost is made anew,
 * after a pause that grows from about half a second to 30 s; what was missed meanwhile counts as heard.
 */
public final class ChannelListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ChannelListener.class);
    /** How long silence is believed: then the connection is asked whether it still lives. Less than its read time-out. */
    private static final Duration SILENCE = Duration.ofSeconds(20);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** How to connect beside the pool. */
    @FunctionalInterface
    interface Connector {
        Connection connect() throws SQLException;
    }

    private final Connector connector;
    private final String channel;
    private final Runnable heard;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Connection open;
    private int failures;

    private ChannelListener(Connector connector, String channel, Runnable heard) {
        this.connector = connector;
        this.channel = channel;
        this.heard = heard;
        this.thread = new Thread(this::loop, "listener");
        thread.setDaemon(true);
    }

    static ChannelListener start(Connector connector, String channel, Runnable heard) {
        ChannelListener listener = new ChannelListener(connector, channel, heard);
        listener.thread.start();
        return listener;
    }

    @Override
    public void close() {
        closed.countDown();
        hangUp();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        while (isOpen()) {
            try (Connection connection = connector.connect()) {
                open = connection;
                listen(connection);
            } catch (SQLException e) {
                failures++;
                if (isOpen()) {
                    log.warn("not listening for new mail, polling goes on: SQLSTATE {}", e.getSQLState());
                }
            } catch (RuntimeException | Error e) {
                failures++;
                log.error("listening goes on after a fault", e);
            }
            pause();
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + channel);
        }
        failures = 0;
        heard.run();
        PGConnection session = connection.unwrap(PGConnection.class);
        while (isOpen()) {
            if (session.getNotifications((int) SILENCE.toMillis()).length > 0) {
                heard.run();
            } else if (!connection.isValid(5)) {
                return;
            }
        }
    }

    private boolean isOpen() {
        return closed.getCount() > 0;
    }

    private void pause() {
        long longest = Math.min(FIRST_PAUSE.toMillis() << Math.min(failures, 10), LONGEST_PAUSE.toMillis());
        try {
            closed.await(ThreadLocalRandom.current().nextLong(longest / 2, longest + 1), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }

    /** Ends the wait for a notification, which nothing else ends. */
    private void hangUp() {
        Connection connection = open;
        if (connection == null) {
            return;
        }
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            log.debug("the listening connection was gone already", e);
        }
    }
}
