package dev.herald.server.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.cli.CommandRun;
import dev.herald.v1.NotificationServiceGrpc.NotificationServiceImplBase;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryOutcome;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers one call and refuses the next. */
@Timeout(30)
class BrokenRetryTest {
    private final List<Long> after = new CopyOnWriteArrayList<>();
    private FakeSystem system;

    @BeforeEach
    void start() throws IOException {
        system = FakeSystem.start(new Breaking());
    }

    @AfterEach
    void stop() {
        system.close();
    }

    @Test
    void retry_byFilterBreaksHalfWay_tellsWhatWasDoneAndWhereToGoOn() {
        CommandRun run = run("retry", "--all");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.row("retried")).containsExactly("retried", "2");
        assertThat(run.out()).endsWith("That isn't all: the rest is behind --after 4711\n");
        assertThat(run.err()).isNotEmpty();
        assertThat(run("retry", "--all", "--after", "4711").out()).isEmpty();
        assertThat(after).containsExactly(0L, 4711L, 4711L);
    }

    @Test
    void retry_byFilterBreaksHalfWayWithJson_hasToldWhereToGoOn() {
        CommandRun run = run("retry", "--all", "--json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.answer().get("continueAfterEmailId").getAsLong()).isEqualTo(4711);
        assertThat(run.error().get("code").getAsString()).isEqualTo("FAILED_PRECONDITION");
    }

    @Test
    void retry_byIdsBreaksHalfWay_listsThoseThatWereDone() {
        List<String> arguments = new ArrayList<>(List.of("retry"));
        LongStream.rangeClosed(1, 1_001).mapToObj(Long::toString).forEach(arguments::add);
        CommandRun run = run(arguments.toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.row("4711")).containsExactly("4711", "retried");
        assertThat(run.out()).endsWith("That isn't all: the rest isn't listed\n");
    }

    @Test
    void retry_afterWithoutAFilter_isWrongUsage() {
        assertThat(run("retry", "1", "--after", "4711").exitCode()).isEqualTo(2);
        assertThat(run("retry", "--after", "4711").exitCode()).isEqualTo(2);
        assertThat(after).isEmpty();
    }

    private CommandRun run(String... arguments) {
        return CommandRun.beside(system.port(), arguments);
    }

    private final class Breaking extends NotificationServiceImplBase {
        @Override
        public void retryFailedNotifications(
                RetryFailedNotificationsRequest request, StreamObserver<RetryFailedNotificationsResponse> observer) {
            boolean first = after.isEmpty();
            after.add(request.getFilter().getAfterEmailId());
            if (!first) {
                observer.onError(Status.FAILED_PRECONDITION.asRuntimeException());
                return;
            }
            RetryFailedNotificationsResponse.Builder answer = RetryFailedNotificationsResponse.newBuilder();
            answer.addResultsBuilder().setEmailId(4710).setOutcome(RetryOutcome.RETRY_OUTCOME_RETRIED);
            answer.addResultsBuilder().setEmailId(4711).setOutcome(RetryOutcome.RETRY_OUTCOME_RETRIED);
            observer.onNext(answer.setRetried(2).setContinueAfterEmailId(4711).build());
            observer.onCompleted();
        }
    }
}
