package dev.herald.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.cli.CommandRun;
import dev.herald.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.WatchSessionDeliveryRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that goes away while a session is followed. */
@Timeout(30)
class BrokenWatchTest {
    private final AtomicInteger opened = new AtomicInteger();

    @Test
    void deliveryWatch_streamBreaks_isTakenUpAgainToTheEnd() throws IOException {
        try (FakeSystem system = FakeSystem.start(new Breaking(2))) {
            CommandRun run = CommandRun.beside(system.port(), "delivery", "42", "--watch", "--json")
                    .succeeded();
            assertThat(run.answers())
                    .extracting(state -> state.get("sent").getAsInt())
                    .containsExactly(1, 2, 3);
        }
    }

    @Test
    void deliveryWatch_nothingEverComes_fails() throws IOException {
        try (FakeSystem system = FakeSystem.start(new Breaking(0))) {
            CommandRun run = CommandRun.beside(system.port(), "delivery", "42", "--watch");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).contains("no answer from");
        }
    }

    /** Breaks so many streams behind their first message and ends the next in order; with none to break, gives none a message. */
    private final class Breaking extends NotificationServiceImplBase {
        private final int breaks;

        Breaking(int breaks) {
            this.breaks = breaks;
        }

        @Override
        public void watchSessionDelivery(
                WatchSessionDeliveryRequest request, StreamObserver<SessionDelivery> observer) {
            int number = opened.incrementAndGet();
            if (breaks > 0) {
                observer.onNext(SessionDelivery.newBuilder().setSent(number).build());
            }
            if (number <= breaks || breaks == 0) {
                observer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                observer.onCompleted();
            }
        }
    }
}
