package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.DecodeTokenRequest;
import dev.herald.v1.DecodeTokenResponse;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.TokenServiceGrpc.TokenServiceImplBase;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final AtomicReference<Deadline> seen = new AtomicReference<>();

    @Test
    void call_withoutSettings_hasTenSecondsAndValidationTwo() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Prompt());
                HeraldClient client = herald.client().build()) {
            client.tokens().decode("token");
            assertThat(secondsLeft()).isBetween(8L, 10L);

            client.tokens().validate("token");
            assertThat(secondsLeft()).isBetween(0L, 2L);
        }
    }

    @Test
    void call_withSettings_hasThose() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Prompt());
                HeraldClient client = herald.client()
                        .deadline(Duration.ofSeconds(300))
                        .validationDeadline(Duration.ofSeconds(100))
                        .build()) {
            client.tokens().decode("token");
            assertThat(secondsLeft()).isBetween(290L, 300L);

            client.tokens().validate("token");
            assertThat(secondsLeft()).isBetween(90L, 100L);
        }
    }

    @Test
    void call_ofAStubWithItsOwnDeadline_keepsThat() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Prompt());
                HeraldClient client = herald.client().build()) {
            TokenServiceGrpc.newBlockingStub(client.channel())
                    .withDeadlineAfter(500, TimeUnit.SECONDS)
                    .decodeToken(DecodeTokenRequest.getDefaultInstance());
        }
        assertThat(secondsLeft()).isBetween(490L, 500L);
    }

    @Test
    void stream_hasNoDeadline() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Prompt());
                HeraldClient client = herald.client().build();
                ValidationStream validations = client.tokens().validations()) {
            validations.validate("token");
        }
        assertThat(seen).hasNullValue();
    }

    @Test
    void call_serverStaysSilent_isDeadlineExceeded() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Silent());
                HeraldClient client =
                        herald.client().deadline(Duration.ofMillis(200)).build()) {
            assertThatThrownBy(() -> client.tokens().decode("token"))
                    .isInstanceOfSatisfying(
                            ServiceCallException.class,
                            failure -> assertThat(failure.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        }
    }

    @Test
    void deadline_ofNothing_isRefused() {
        HeraldClientBuilder builder = HeraldClient.builder("localhost:9090");

        assertThatThrownBy(() -> builder.deadline(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.validationDeadline(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private long secondsLeft() {
        return seen.get().timeRemaining(TimeUnit.SECONDS);
    }

    private final class Prompt extends TokenServiceImplBase {
        @Override
        public void decodeToken(DecodeTokenRequest request, StreamObserver<DecodeTokenResponse> answer) {
            answer(answer, DecodeTokenResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public void validateToken(ValidateTokenRequest request, StreamObserver<ValidateTokenResponse> answer) {
            answer(answer, ValidateTokenResponse.getDefaultInstance());
            answer.onCompleted();
        }

        @Override
        public StreamObserver<ValidateTokenRequest> validateTokens(StreamObserver<ValidateTokenResponse> answers) {
            return new Answering<>(answers, request -> answer(answers, ValidateTokenResponse.getDefaultInstance()));
        }

        private <A> void answer(StreamObserver<A> observer, A answer) {
            seen.set(Context.current().getDeadline());
            observer.onNext(answer);
        }
    }

    private static final class Silent extends TokenServiceImplBase {
        @Override
        public void decodeToken(DecodeTokenRequest request, StreamObserver<DecodeTokenResponse> answer) {
            // Says nothing for ever.
        }
    }
}
