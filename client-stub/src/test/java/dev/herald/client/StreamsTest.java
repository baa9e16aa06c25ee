package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.ErrorReason;
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
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
}
