package dev.herald.server.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has PostgreSQL give up the statements of calls that are over, one after the other until the work notices. Each connection's is
 * told on a thread of its own, since telling takes a new connection to the server, and may hang for its time-out. Costs nothing
 * while calls end well. Thread-safe.
 */
final class QueryStopper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QueryStopper.class);
    private static final int AGAIN_MILLIS = 250;
    private static final int IDLE_SECONDS = 10;

    private final CallEnd calls;
    private final ScheduledThreadPoolExecutor threads;

    /**
     * A stopper.
     *
     * @param connections how many there are at most: with as many threads none of them waits for another
     */
    QueryStopper(CallEnd calls, int connections) {
        this.calls = calls;
        this.threads = new ScheduledThreadPoolExecutor(connections, work -> {
            Thread thread = new Thread(work, "query-stopper");
            thread.setDaemon(true);
            return thread;
        });
        threads.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
        threads.allowCoreThreadTimeOut(true);
        threads.setRemoveOnCancelPolicy(true);
    }

    boolean isOver() {
        return calls.isOver();
    }

    /** Works on a connection, which does nothing else until this returns. */
    <T> T watching(Connection connection, SqlWork<T> work) throws SQLException {
        Watch watch = new Watch(connection);
        Runnable callOff = calls.whenOver(watch::begin);
        try {
            return work.on(connection);
        } finally {
            callOff.run();
            watch.end();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One stretch of work on one connection. */
    private final class Watch {
        private final Connection connection;
        private final Object telling = new Object();
        private volatile boolean ended;
        private @Nullable Future<?> stopping;

        Watch(Connection connection) {
            this.connection = connection;
        }

        synchronized void begin() {
            if (!ended && !threads.isShutdown()) {
                stopping = threads.scheduleWithFixedDelay(this::stop, 0, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void stop() {
            synchronized (telling) {
                if (ended) {
                    return;
                }
                try {
                    connection.unwrap(PGConnection.class).cancelQuery();
                } catch (SQLException e) {
                    log.debug("a statement can't be stopped: {}", e.getMessage());
                }
            }
        }

        /**
         * Returns when PostgreSQL has been told, where it is just being told: until then the connection isn't given back to do
         * other work. One that broke never will be, so nobody waits for a server that doesn't listen.
         */
        void end() {
            if (isBroken()) {
                ended = true;
            } else {
                synchronized (telling) {
                    ended = true;
                }
            }
            callOff();
        }

        private synchronized void callOff() {
            if (stopping != null) {
                stopping.cancel(false);
            }
        }

        private boolean isBroken() {
            try {
                return connection.isClosed();
            } catch (SQLException e) {
                // Nothing is known: to wait is the safe side.
                return false;
            }
        }
    }
}
