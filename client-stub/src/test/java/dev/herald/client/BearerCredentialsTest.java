package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.DecodeTokenRequest;
import dev.herald.v1.DecodeTokenResponse;
import dev.herald.v1.TokenServiceGrpc.TokenServiceImplBase;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BearerCredentialsTest {
    @Test
    void call_withToken_sendsItExactlyOnce() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Unavailable(0));
                HeraldClient client = herald.client().bearerToken("abc\n").build()) {
            client.tokens().decode("token");

            assertThat(herald.authorizations()).containsExactly(List.of("Bearer abc"));
        }
    }

    @Test
    void call_repeated_sendsAFreshTokenEachTime() throws IOException {
        AtomicInteger number = new AtomicInteger();
        try (FakeHerald herald = FakeHerald.running(new Unavailable(2));
                HeraldClient client = herald.client()
                        .bearerToken(() -> "t" + number.incrementAndGet())
                        .build()) {
            client.tokens().decode("token");

            assertThat(herald.authorizations())
                    .containsExactly(List.of("Bearer t1"), List.of("Bearer t2"), List.of("Bearer t3"));
        }
    }

    @Test
    void call_withoutToken_sendsNone() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Unavailable(0));
                HeraldClient client = herald.client().build()) {
            client.tokens().decode("token");

            assertThat(herald.authorizations()).containsExactly(List.of());
        }
    }

    @Test
    void call_supplierFails_isUnauthenticatedAndNotSent() throws IOException {
        try (FakeHerald herald = FakeHerald.running(new Unavailable(0));
                HeraldClient client = herald.client()
                        .bearerToken(() -> {
                            throw new IllegalStateException("secret");
                        })
                        .build()) {
            assertThatThrownBy(() -> client.tokens().decode("token"))
                    .hasMessageNotContaining("secret")
                    .isInstanceOfSatisfying(
                            ServiceCallException.class,
                            failure -> assertThat(failure.code()).isEqualTo(Status.Code.UNAUTHENTICATED));
            assertThat(herald.authorizations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "herald:9090",
                "dns:///herald.campus.example:9090",
                "192.0.2.1:9090",
                "localhost.example:9090",
                "127.0.0.1.example:9090",
                "dns://127.0.0.1/herald:9090",
                "[2001:db8::1]:9090"
            })
    void build_tokenOverPlaintextToAnotherHost_isRefusedUnlessSaid(String target) {
        HeraldClientBuilder builder = HeraldClient.builder(target).plaintext().bearerToken("secret");

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(target)
                .hasMessageNotContaining("secret");
        assertThatCode(() -> builder.insecureCredentials().build().close()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost:9090",
                "localhost",
                "127.0.0.1:9090",
                "127.12.0.3:9090",
                "[::1]:9090",
                "dns:///localhost:9090",
                "dns:localhost:9090"
            })
    void build_tokenOverPlaintextToLoopback_isAllowed(String target) {
        HeraldClientBuilder builder = HeraldClient.builder(target).plaintext().bearerToken("secret");

        assertThatCode(() -> builder.build().close()).doesNotThrowAnyException();
    }

    /** Answers after having been unavailable for a number of calls. */
    private static final class Unavailable extends TokenServiceImplBase {
        private final AtomicInteger refusals;

        Unavailable(int refusals) {
            this.refusals = new AtomicInteger(refusals);
        }

        @Override
        public void decodeToken(DecodeTokenRequest request, StreamObserver<DecodeTokenResponse> answer) {
            if (refusals.getAndDecrement() > 0) {
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
            } else {
                answer.onNext(DecodeTokenResponse.getDefaultInstance());
                answer.onCompleted();
            }
        }
    }
}
