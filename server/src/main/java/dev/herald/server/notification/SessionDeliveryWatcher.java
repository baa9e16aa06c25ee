package dev.herald.server.notification;

import dev.herald.server.rpc.UnaryCall;
import dev.herald.v1.SessionDelivery;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams sessions' delivery: the state at once, then each change, and the end when nothing is pending. Twice a second one
 * statement, on the database's pool, looks for all streams together; a reader that is slow gets the newest state when it is
 * ready again. Thread-safe.
 */
final class SessionDeliveryWatcher {
    private static final Logger log = LoggerFactory.getLogger(SessionDeliveryWatcher.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final NotificationReader reader;
    private final ScheduledExecutorService timer;
    private final Executor pool;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    /** Whether a look is to come, or under way. */
    private final AtomicBoolean looking = new AtomicBoolean();

    SessionDeliveryWatcher(NotificationReader reader, ScheduledExecutorService timer, Executor pool) {
        this.reader = reader;
        this.timer = timer;
        this.pool = pool;
    }

    void watch(long sessionId, ServerCallStreamObserver<SessionDelivery> observer) {
        Watch watch = new Watch(sessionId, observer);
        // Without a handler a write to a call that was cancelled would throw.
        observer.setOnCancelHandler(() -> end(watch));
        try {
            if (watch.tell(reader.delivery(sessionId))) {
                return;
            }
        } catch (RuntimeException e) {
            UnaryCall.refuse(observer, e);
            return;
        }
        watches.add(watch);
        lookLater();
    }

    private void end(Watch watch) {
        watches.remove(watch);
        log.debug("watch of session {} ended by its caller", watch.sessionId);
    }

    private void lookLater() {
        if (!watches.isEmpty() && looking.compareAndSet(false, true)) {
            var unused = timer.schedule(() -> pool.execute(this::look), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        try {
            // A caller may have gone before its stream was among the watches.
            watches.removeIf(Watch::isOver);
            List<Watch> present = List.copyOf(watches);
            if (!present.isEmpty()) {
                tellAll(present);
            }
        } finally {
            looking.set(false);
            lookLater();
        }
    }

    private void tellAll(List<Watch> present) {
        Set<Long> sessionIds = present.stream().map(watch -> watch.sessionId).collect(Collectors.toSet());
        Map<Long, SessionDelivery> deliveries;
        try {
            deliveries = reader.deliveries(sessionIds);
        } catch (RuntimeException e) {
            present.forEach(watch -> watch.refuse(e));
            present.forEach(watches::remove);
            return;
        }
        present.stream().filter(watch -> watch.isDone(deliveries)).forEach(watches::remove);
    }

    /** One stream. Written to by one thread at a time: first by the call's own, then by the looks. */
    private static final class Watch {
        private final long sessionId;
        private final ServerCallStreamObserver<SessionDelivery> observer;
        private @Nullable SessionDelivery last;

        Watch(long sessionId, ServerCallStreamObserver<SessionDelivery> observer) {
            this.sessionId = sessionId;
            this.observer = observer;
        }

        boolean isOver() {
            return observer.isCancelled();
        }

        /** Tells of a change; whether that was the end. */
        boolean isDone(Map<Long, SessionDelivery> deliveries) {
            SessionDelivery present = deliveries.get(sessionId);
            if (present == null) {
                refuse(SessionFaults.notFound(sessionId));
                return true;
            }
            return (observer.isReady() || last == null) && tell(present);
        }

        boolean tell(SessionDelivery present) {
            if (!present.equals(last)) {
                observer.onNext(present);
                last = present;
            }
            if (present.getPending() == 0) {
                observer.onCompleted();
                return true;
            }
            return false;
        }

        void refuse(RuntimeException failure) {
            UnaryCall.refuse(observer, failure);
        }
    }
}
