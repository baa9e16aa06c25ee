package dev.herald.server.persistence;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has PostgreSQL give up the statements of calls that are over, one after the other until the work notices. Costs nothing while
 * calls end well. Thread-safe.
 */
final class QueryStopper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(QueryStopper.class);
    private static final int AGAIN_MILLIS = 250;

    private final CallEnd calls;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "query-stopper");
        thread.setDaemon(true);
        return thread;
    });

    QueryStopper(CallEnd calls) {
        this.calls = calls;
    }

    boolean isOver() {
        return calls.isOver();
    }

    /** Watches over a connection until the watch is closed, which must happen before the connection is given back. */
    Watch watch(Connection connection) {
        Watch watch = new Watch(connection);
        watch.callOff = calls.whenOver(watch::begin);
        return watch;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** One stretch of work on one connection. */
    final class Watch implements AutoCloseable {
        private final Connection connection;
        private Runnable callOff = () -> {};
        private boolean closed;
        private @Nullable Future<?> stopping;

        private Watch(Connection connection) {
            this.connection = connection;
        }

        private synchronized void begin() {
            if (!closed && !thread.isShutdown()) {
                stopping = thread.scheduleWithFixedDelay(this::stop, 0, AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        /** Returns when PostgreSQL has been told; until then the connection isn't given back to do other work. */
        private synchronized void stop() {
            if (closed) {
                return;
            }
            try {
                connection.unwrap(PGConnection.class).cancelQuery();
            } catch (SQLException e) {
                log.debug("a statement can't be stopped: {}", e.getMessage());
            }
        }

        @Override
        public void close() {
            callOff.run();
            synchronized (this) {
                closed = true;
                if (stopping != null) {
                    stopping.cancel(false);
                }
            }
        }
    }
}
