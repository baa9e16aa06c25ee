package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.Course;
import dev.herald.v1.DirectoryServiceGrpc.DirectoryServiceImplBase;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ImportResponse;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.Notification;
import dev.herald.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.TokenReason;
import dev.herald.v1.TokenServiceGrpc.TokenServiceImplBase;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import dev.herald.v1.WatchSessionDeliveryRequest;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamsTest {
    @Test
    void list_severalPages_fetchesThemOnlyWhenReached() throws IOException {
        Pages pages = new Pages();
        try (FakeHerald herald = FakeHerald.running(pages);
                HeraldClient client = herald.client().build()) {
            assertThat(client.notifications().listForSession(42).limit(2))
                    .extracting(Notification::getEmailId)
                    .containsExactly(0L, 1L);
            assertThat(pages.asked).containsExactly("");

            assertThat(client.notifications().listForSession(42))
                    .extracting(Notification::getEmailId)
                    .containsExactly(0L, 1L, 10L, 11L, 20L, 21L);
            assertThat(pages.asked).containsExactly("", "", "1", "2");
        }
    }

    @Test
    void watch_untilTheEnd_givesEachState() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Countdown());
                HeraldClient client = herald.client().build();
                ResponseStream<SessionDelivery> states = client.notifications().watchSessionDelivery(3)) {
            assertThat(states)
                    .toIterable()
                    .extracting(SessionDelivery::getPending)
                    .containsExactly(3, 2, 1, 0);
        }
    }

    @Test
    void watch_brokenRightBehindAnAnswer_givesTheAnswerFirst() throws IOException {
        var breaking = new NotificationServiceImplBase() {
            @Override
            public void watchSessionDelivery(
                    WatchSessionDeliveryRequest request, StreamObserver<SessionDelivery> answers) {
                answers.onNext(SessionDelivery.newBuilder().setPending(1).build());
                answers.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };
        try (FakeHerald herald = FakeHerald.running(breaking);
                HeraldClient client = herald.client().build()) {
            for (int i = 0; i < 300; i++) {
                try (ResponseStream<SessionDelivery> states =
                        client.notifications().watchSessionDelivery(1)) {
                    assertThat(states.next().getPending()).isEqualTo(1);
                    assertThatThrownBy(states::hasNext).isInstanceOf(ServiceCallException.class);
                }
            }
        }
    }

    @Test
    void watch_unknownSession_throwsTheReason() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Countdown());
                HeraldClient client = herald.client().build();
                ResponseStream<SessionDelivery> states = client.notifications().watchSessionDelivery(404)) {
            assertThatThrownBy(states::hasNext)
                    .isInstanceOfSatisfying(
                            ServiceCallException.class,
                            failure ->
                                    assertThat(failure.reason()).isEqualTo(ErrorReason.ERROR_REASON_SESSION_NOT_FOUND));
        }
    }

    @Test
    void watch_closedEarly_cancelsTheCall() throws Exception {
        CountDownLatch cancelled = new CountDownLatch(1);
        var endless = new NotificationServiceImplBase() {
            @Override
            public void watchSessionDelivery(
                    WatchSessionDeliveryRequest request, StreamObserver<SessionDelivery> answers) {
                ((ServerCallStreamObserver<SessionDelivery>) answers).setOnCancelHandler(cancelled::countDown);
                answers.onNext(SessionDelivery.getDefaultInstance());
            }
        };
        try (FakeHerald herald = FakeHerald.running(endless);
                HeraldClient client = herald.client().build()) {
            try (ResponseStream<SessionDelivery> states = client.notifications().watchSessionDelivery(1)) {
                states.next();
            }
            assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void validations_tokenAfterToken_answersEach() throws IOException {
        var service = new TokenServiceImplBase() {
            @Override
            public StreamObserver<ValidateTokenRequest> validateTokens(StreamObserver<ValidateTokenResponse> answers) {
                return new Answering<>(answers, request -> answers.onNext(verdict(request.getToken())));
            }
        };
        try (FakeHerald herald = FakeHerald.running(service);
                HeraldClient client = herald.client().build();
                ValidationStream validations = client.tokens().validations()) {
            assertThat(validations.validate("good").getValid()).isTrue();
            assertThat(validations.validate("bad").getReason()).isEqualTo(TokenReason.TOKEN_REASON_MALFORMED);
            assertThat(validations.validate("good").getValid()).isTrue();
        }
    }

    @Test
    void load_manyItems_arriveInOrderAndAreTakenAsTheServerReads() throws Exception {
        SlowImport slow = new SlowImport();
        AtomicInteger taken = new AtomicInteger();
        try (FakeHerald herald = FakeHerald.running(slow);
                HeraldClient client = herald.client().build()) {
            Thread watcher = new Thread(() -> slow.openWhenStalled(taken));
            watcher.start();

            ImportResponse response = client.directory().load(items(20_000, taken));

            watcher.join();
            assertThat(response.getInserted()).isEqualTo(20_000);
        }
        assertThat(slow.inOrder).isTrue();
        assertThat(slow.takenWhileBlocked).isLessThan(20_000);
    }

    @Test
    void load_refusedInTheMiddle_stopsTakingItems() throws IOException {
        var refusing = new DirectoryServiceImplBase() {
            @Override
            public StreamObserver<ImportRequest> import_(StreamObserver<ImportResponse> answer) {
                AtomicInteger count = new AtomicInteger();
                return new Answering<>(answer, request -> {
                    if (count.incrementAndGet() == 3) {
                        answer.onError(FakeHerald.error(
                                Status.Code.FAILED_PRECONDITION, "REFERENCE_NOT_FOUND", "no such course"));
                    }
                });
            }
        };
        AtomicInteger taken = new AtomicInteger();
        try (FakeHerald herald = FakeHerald.running(refusing);
                HeraldClient client = herald.client().build()) {
            assertThatThrownBy(() -> client.directory().load(items(Integer.MAX_VALUE, taken)))
                    .isInstanceOfSatisfying(
                            ServiceCallException.class,
                            failure -> assertThat(failure.reason())
                                    .isEqualTo(ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND));
        }
        assertThat(taken).hasValueLessThan(Integer.MAX_VALUE);
    }

    @Test
    void load_iteratorFails_cancelsTheCallAndThrowsThat() throws Exception {
        SlowImport slow = new SlowImport();
        try (FakeHerald herald = FakeHerald.running(slow);
                HeraldClient client = herald.client().build()) {
            slow.gate.countDown();
            Iterator<ImportRequest> failing = IntStream.range(0, 2)
                    .mapToObj(number -> number == 0 ? item(0) : slow.failOnceReached())
                    .iterator();

            assertThatThrownBy(() -> client.directory().load(failing)).isInstanceOf(IllegalStateException.class);

            assertThat(slow.gone.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Iterator<ImportRequest> items(int count, AtomicInteger taken) {
        return IntStream.range(0, count)
                .peek(number -> taken.incrementAndGet())
                .mapToObj(StreamsTest::item)
                .iterator();
    }

    private static ImportRequest item(int number) {
        Course course = Course.newBuilder()
                .setCourseId(number)
                .setCourseName("x".repeat(200))
                .build();
        return ImportRequest.newBuilder().setCourse(course).build();
    }

    private static ValidateTokenResponse verdict(String token) {
        return token.equals("good")
                ? ValidateTokenResponse.newBuilder().setValid(true).build()
                : ValidateTokenResponse.newBuilder()
                        .setReason(TokenReason.TOKEN_REASON_MALFORMED)
                        .build();
    }

    /** Three pages of two. */
    private static final class Pages extends NotificationServiceImplBase {
        final Queue<String> asked = new ConcurrentLinkedQueue<>();

        @Override
        public void listNotifications(
                ListNotificationsRequest request, StreamObserver<ListNotificationsResponse> answer) {
            asked.add(request.getPageToken());
            int page = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
            answer.onNext(ListNotificationsResponse.newBuilder()
                    .addAllNotifications(List.of(notification(page * 10L), notification(page * 10L + 1)))
                    .setNextPageToken(page < 2 ? String.valueOf(page + 1) : "")
                    .build());
            answer.onCompleted();
        }

        private static Notification notification(long id) {
            return Notification.newBuilder().setEmailId(id).build();
        }
    }

    /** As many pending as the session's id says, then one less each time. */
    private static final class Countdown extends NotificationServiceImplBase {
        @Override
        public void watchSessionDelivery(WatchSessionDeliveryRequest request, StreamObserver<SessionDelivery> answers) {
            if (request.getSessionId() == 404) {
                answers.onError(FakeHerald.error(Status.Code.NOT_FOUND, "SESSION_NOT_FOUND", "no session"));
                return;
            }
            for (int pending = (int) request.getSessionId(); pending >= 0; pending--) {
                answers.onNext(SessionDelivery.newBuilder().setPending(pending).build());
            }
            answers.onCompleted();
        }
    }

    /** Reads nothing more after the first item until the gate opens. */
    private static final class SlowImport extends DirectoryServiceImplBase {
        final CountDownLatch gate = new CountDownLatch(1);
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch gone = new CountDownLatch(1);
        volatile boolean inOrder = true;
        volatile int takenWhileBlocked;

        /** Opens the gate once the client has stopped taking items. */
        void openWhenStalled(AtomicInteger taken) {
            AtomicInteger before = new AtomicInteger();
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(300))
                    .until(() -> taken.get() > 0 && before.getAndSet(taken.get()) == taken.get());
            takenWhileBlocked = taken.get();
            gate.countDown();
        }

        @Override
        public StreamObserver<ImportRequest> import_(StreamObserver<ImportResponse> answer) {
            return new StreamObserver<>() {
                private int count;

                @Override
                public void onNext(ImportRequest item) {
                    reached.countDown();
                    await(gate);
                    inOrder &= item.getCourse().getCourseId() == count;
                    count++;
                }

                @Override
                public void onError(Throwable cancelled) {
                    gone.countDown();
                }

                @Override
                public void onCompleted() {
                    answer.onNext(ImportResponse.newBuilder().setInserted(count).build());
                    answer.onCompleted();
                }
            };
        }

        ImportRequest failOnceReached() {
            await(reached);
            throw new IllegalStateException("the file ended too soon");
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
