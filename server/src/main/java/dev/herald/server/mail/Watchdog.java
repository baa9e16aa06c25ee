package dev.herald.server.mail;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Cuts connections whose time is up: read time-outs alone don't stop a relay that dribbles. */
final class Watchdog {
    private final ScheduledThreadPoolExecutor timer;
    private final Duration patience;

    Watchdog(Duration patience) {
        this.patience = patience;
        this.timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "smtp-watchdog");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Does the work, and cuts the socket when it isn't done in time. */
    <T, E extends Exception> T watch(CapturedSocket socket, Work<T, E> work) throws E {
        ScheduledFuture<?> alarm = timer.schedule(socket::cut, patience.toMillis(), TimeUnit.MILLISECONDS);
        try {
            return work.run();
        } finally {
            alarm.cancel(false);
        }
    }

    /** What goes on over a connection. */
    interface Work<T, E extends Exception> {
        T run() throws E;
    }
}
