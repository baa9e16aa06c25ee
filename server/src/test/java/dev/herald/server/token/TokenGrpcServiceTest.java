package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Timestamp;
import dev.herald.v1.ConsumeOutcome;
import dev.herald.v1.ConsumeTokenRequest;
import dev.herald.v1.ConsumeTokenResponse;
import dev.herald.v1.DecodeTokenRequest;
import dev.herald.v1.Freshness;
import dev.herald.v1.GenerateTokenRequest;
import dev.herald.v1.GenerateTokenResponse;
import dev.herald.v1.RevokeTokensRequest;
import dev.herald.v1.TokenReason;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import dev.herald.v1.ValidateTokenResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenGrpcServiceTest {
    private final TokenCampus campus = new TokenCampus();
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(4, 4, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1000));
    private Server server;
    private ManagedChannel channel;
    private TokenServiceGrpc.TokenServiceBlockingStub stub;

    @BeforeEach
    void start() throws IOException {
        TokenGrpcService service = new TokenGrpcService(
                campus.generator,
                campus.validator,
                new TokenDecoder(campus.verifier),
                campus.consumer,
                campus.revoker,
                threads,
                new SimpleMeterRegistry());
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = NettyServerBuilder.forAddress(anyPort)
                .directExecutor()
                .addService(service)
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress(server.getListenSockets().get(0))
                .usePlaintext()
                .build();
        stub = TokenServiceGrpc.newBlockingStub(channel).withDeadlineAfter(Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        threads.shutdownNow();
        campus.close();
    }

    @Test
    void lifeOfAToken_generatedValidatedConsumed_isAnsweredAlongTheWay() {
        Instant expiry = Instant.now().plusSeconds(60);
        GenerateTokenResponse made = stub.generateToken(GenerateTokenRequest.newBuilder()
                .setStudentProfileId(1)
                .setSessionId(2)
                .setExpiresAt(Timestamp.newBuilder()
                        .setSeconds(expiry.getEpochSecond())
                        .setNanos(5))
                .build());
        assertThat(made.getToken()).hasSizeBetween(200, 500);
        assertThat(made.getExpiresAt())
                .isEqualTo(Timestamp.newBuilder()
                        .setSeconds(expiry.getEpochSecond())
                        .build());

        ValidateTokenResponse valid = stub.validateToken(strict(made.getToken()));
        assertThat(valid.getValid()).isTrue();
        assertThat(valid.getReason()).isEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
        assertThat(valid.getStudentProfileId()).isEqualTo(1);
        assertThat(valid.getSessionId()).isEqualTo(2);
        assertThat(valid.getExpiresAt()).isEqualTo(made.getExpiresAt());
        assertThat(stub.decodeToken(DecodeTokenRequest.newBuilder()
                                .setToken(made.getToken())
                                .build())
                        .getIssuedAt())
                .isEqualTo(valid.getIssuedAt());

        ConsumeTokenResponse consumed = stub.consumeToken(consume(made.getToken()));
        assertThat(consumed.getOutcome()).isEqualTo(ConsumeOutcome.CONSUME_OUTCOME_CONSUMED_NOW);
        assertThat(consumed.hasConsumedAt()).isTrue();
        assertThat(stub.consumeToken(consume(made.getToken()))).isEqualTo(consumed);
        ValidateTokenResponse spent = stub.validateToken(strict(made.getToken()));
        assertThat(spent)
                .isEqualTo(ValidateTokenResponse.newBuilder()
                        .setReason(TokenReason.TOKEN_REASON_CONSUMED)
                        .build());
    }

    @Test
    void validateToken_cachedAfterIdling_fallsBackToTheDatabaseAndThenUsesMemory() {
        String token = campus.token(1, 1);
        assertThat(stub.validateToken(cached(token)).getValid()).isTrue();
        assertThat(threads.getTaskCount()).isEqualTo(1);
        campus.cache.refreshIfWanted();
        assertThat(stub.validateToken(cached(token)).getValid()).isTrue();
        assertThat(threads.getTaskCount()).isEqualTo(1);
    }

    @Test
    void consumeToken_forged_isInvalidWithoutTheDatabase() {
        ConsumeTokenResponse answer = stub.consumeToken(consume(campus.token(1, 1) + "A"));
        assertThat(answer)
                .isEqualTo(ConsumeTokenResponse.newBuilder()
                        .setOutcome(ConsumeOutcome.CONSUME_OUTCOME_INVALID)
                        .setReason(TokenReason.TOKEN_REASON_BAD_SIGNATURE)
                        .build());
        assertThat(threads.getTaskCount()).isZero();
    }

    @Test
    void revokeTokens_byEachField_revokes() {
        campus.mailedToken(1, 1);
        campus.mailedToken(1, 2);
        String token = campus.token(1, 3);
        assertThat(stub.revokeTokens(
                                RevokeTokensRequest.newBuilder().setSessionId(1).build())
                        .getRevoked())
                .isEqualTo(1);
        assertThat(stub.revokeTokens(RevokeTokensRequest.newBuilder()
                                .addEmailIds(201)
                                .build())
                        .getRevoked())
                .isEqualTo(1);
        assertThat(stub.revokeTokens(RevokeTokensRequest.newBuilder()
                                .addTokens(token)
                                .build())
                        .getRevoked())
                .isEqualTo(1);
        assertThat(stub.validateToken(strict(token)).getReason()).isEqualTo(TokenReason.TOKEN_REASON_REVOKED);
    }

    @Test
    void consumeToken_callerGoneWhileQueued_usesNothingUp() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        String token = campus.token(1, 1);
        assertThatThrownBy(() -> TokenServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(Duration.ofMillis(300))
                        .consumeToken(consume(token)))
                .isInstanceOf(StatusRuntimeException.class);
        await().atMost(Duration.ofSeconds(20)).until(() -> threads.getQueue().size() == 1);
        CountDownLatch gone = new CountDownLatch(1);
        // The server hears of the deadline by itself, on the network's thread.
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
        server.shutdown().awaitTermination(10, TimeUnit.SECONDS);
        threads.execute(gone::countDown);
        release.countDown();
        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(campus.strictly(token)).isEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void validateToken_executorFull_failsAndForgedTokensAreStillAnswered() {
        threads.shutdown();
        assertThatThrownBy(() -> stub.validateToken(strict(campus.token(1, 1))))
                .isInstanceOf(StatusRuntimeException.class);
        assertThat(stub.validateToken(strict("junk")).getReason()).isEqualTo(TokenReason.TOKEN_REASON_MALFORMED);
    }

    @Test
    void validateTokens_strictAndForgedMixed_areAnsweredInOrder() {
        Answers answers = new Answers();
        StreamObserver<ValidateTokenRequest> requests =
                TokenServiceGrpc.newStub(channel).validateTokens(answers);
        List<TokenReason> expected = new ArrayList<>();
        String valid = campus.token(1, 1);
        for (int i = 0; i < 300; i++) {
            boolean forged = i % 3 == 0;
            requests.onNext(strict(forged ? valid + "A" : valid));
            expected.add(forged ? TokenReason.TOKEN_REASON_BAD_SIGNATURE : TokenReason.TOKEN_REASON_UNSPECIFIED);
        }
        requests.onCompleted();
        await().atMost(Duration.ofSeconds(20)).until(() -> answers.end.getCount() == 0);
        assertThat(answers.reasons).isEqualTo(expected);
        assertThat(answers.errors).isEmpty();
    }

    @Test
    void validateTokens_executorFull_endsTheStreamWithAnError() {
        Answers answers = new Answers();
        StreamObserver<ValidateTokenRequest> requests =
                TokenServiceGrpc.newStub(channel).validateTokens(answers);
        requests.onNext(strict("junk"));
        await().atMost(Duration.ofSeconds(20)).until(() -> answers.reasons.size() == 1);
        threads.shutdown();
        requests.onNext(strict(campus.token(1, 1)));
        await().atMost(Duration.ofSeconds(20)).until(() -> answers.end.getCount() == 0);
        assertThat(answers.errors).hasSize(1);
    }

    @Test
    void validateTokens_nothingSent_endsWell() {
        Answers answers = new Answers();
        TokenServiceGrpc.newStub(channel).validateTokens(answers).onCompleted();
        await().atMost(Duration.ofSeconds(20)).until(() -> answers.end.getCount() == 0);
        assertThat(answers.errors).isEmpty();
    }

    private static ValidateTokenRequest strict(String token) {
        return ValidateTokenRequest.newBuilder().setToken(token).build();
    }

    private static ValidateTokenRequest cached(String token) {
        return strict(token).toBuilder()
                .setFreshness(Freshness.FRESHNESS_CACHED)
                .build();
    }

    private static ConsumeTokenRequest consume(String token) {
        return ConsumeTokenRequest.newBuilder()
                .setToken(token)
                .setRequestId("door-1")
                .build();
    }

    private static final class Answers implements StreamObserver<ValidateTokenResponse> {
        private final List<TokenReason> reasons = Collections.synchronizedList(new ArrayList<>());
        private final List<Throwable> errors = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch end = new CountDownLatch(1);

        @Override
        public void onNext(ValidateTokenResponse response) {
            reasons.add(response.getReason());
        }

        @Override
        public void onError(Throwable error) {
            errors.add(error);
            end.countDown();
        }

        @Override
        public void onCompleted() {
            end.countDown();
        }
    }
}
