package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.Course;
import dev.herald.v1.DirectoryServiceGrpc.DirectoryServiceImplBase;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ImportResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DirectoryLoadTest {
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
                .mapToObj(DirectoryLoadTest::item)
                .iterator();
    }

    private static ImportRequest item(int number) {
        Course course = Course.newBuilder()
                .setCourseId(number)
                .setCourseName("x".repeat(200))
                .build();
        return ImportRequest.newBuilder().setCourse(course).build();
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
