package dev.herald.server.notification;

import dev.herald.server.rpc.UnaryCall;
import dev.herald.v1.SessionDelivery;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams a session's delivery: its state at once, then each change, and the end when nothing is pending. Looks twice a second, on
 * the database's pool; a reader that is slow gets the newest state when it is ready again. Thread-safe.
 */
final class SessionDeliveryWatcher {
    private static final Logger log = LoggerFactory.getLogger(SessionDeliveryWatcher.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final NotificationReader reader;
    private final ScheduledExecutorService timer;
    private final Executor pool;

    SessionDeliveryWatcher(NotificationReader reader, ScheduledExecutorService timer, Executor pool) {
        this.reader = reader;
        this.timer = timer;
        this.pool = pool;
    }

    void watch(long sessionId, ServerCallStreamObserver<SessionDelivery> observer) {
        // Without a handler a write to a call that was cancelled would throw.
        observer.setOnCancelHandler(() -> log.debug("watch of session {} ended by its caller", sessionId));
        new Watch(sessionId, observer).look();
    }

    private final class Watch {
        private final long sessionId;
        private final ServerCallStreamObserver<SessionDelivery> observer;
        private @Nullable SessionDelivery last;

        Watch(long sessionId, ServerCallStreamObserver<SessionDelivery> observer) {
            this.sessionId = sessionId;
            this.observer = observer;
        }

        void look() {
            if (observer.isCancelled()) {
                return;
            }
            try {
                if (observer.isReady() || last == null) {
                    SessionDelivery present = reader.delivery(sessionId);
                    tell(present);
                    if (present.getPending() == 0) {
                        observer.onCompleted();
                        return;
                    }
                }
            } catch (RuntimeException e) {
                UnaryCall.refuse(observer, e);
                return;
            }
            lookAgain();
        }

        private void tell(SessionDelivery present) {
            if (!present.equals(last)) {
                observer.onNext(present);
                last = present;
            }
        }

        private void lookAgain() {
            var unused = timer.schedule(() -> pool.execute(this::look), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }
}
