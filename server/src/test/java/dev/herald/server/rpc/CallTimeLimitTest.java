package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallTimeLimitTest {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Refusals refusals = new Refusals(new SimpleMeterRegistry());
    private final CompletableFuture<Throwable> workEnded = new CompletableFuture<>();
    private final CompletableFuture<StreamObserver<HealthCheckResponse>> unanswered = new CompletableFuture<>();
    private Server server;
    private ManagedChannel channel;

    /** Never answers, and notes what ended its context. */
    private final class Silent extends HealthGrpc.HealthImplBase {
        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> answer) {
            unanswered.complete(answer);
            Context.current().addListener(context -> workEnded.complete(context.cancellationCause()), Runnable::run);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forPort(0)
                .directExecutor()
                .addService(ServerInterceptors.interceptForward(
                        new Silent(),
                        new ErrorInterceptor(refusals::count),
                        new CallTimeLimit(Duration.ofMillis(300), timer)))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        timer.shutdownNow();
    }

    @Test
    void call_withoutDeadline_endsAtTheServersWithItsWork() throws Exception {
        Answer answer = check(CallOptions.DEFAULT);
        assertThat(answer.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(answer.reason()).isEqualTo("DEADLINE_PASSED");
        assertThat(workEnded.get(5, TimeUnit.SECONDS)).isInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThat(refusals.count("DEADLINE_PASSED")).isOne();
        // What comes too late hurts nobody.
        unanswered.join().onNext(HealthCheckResponse.getDefaultInstance());
        unanswered.join().onCompleted();
    }

    @Test
    void call_withAnEarlierDeadline_endsAtItsOwn() throws Exception {
        Answer answer = check(CallOptions.DEFAULT.withDeadlineAfter(100, TimeUnit.MILLISECONDS));
        assertThat(answer.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        workEnded.get(5, TimeUnit.SECONDS);
        assertThat(refusals.count("DEADLINE_PASSED")).isZero();
    }

    @Test
    void call_withALaterDeadline_endsAtTheServers() throws Exception {
        assertThat(check(CallOptions.DEFAULT.withDeadlineAfter(1, TimeUnit.MINUTES))
                        .reason())
                .isEqualTo("DEADLINE_PASSED");
    }

    private Answer check(CallOptions options) throws Exception {
        return RawCall.begin(channel, options, "grpc.health.v1.Health/Check", new Metadata(), List.of(new byte[0]))
                .get(5, TimeUnit.SECONDS);
    }
}
