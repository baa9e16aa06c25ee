package dev.herald.server.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.CheckConfigurationRequest;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.SystemServiceGrpc.SystemServiceBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A process that may have no more threads. */
class SlowCallTest {
    private final AtomicBoolean exhausted = new AtomicBoolean(true);
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        SystemRoom room = new SystemRoom(
                null,
                null,
                Set.of(),
                null,
                () -> List.of(CheckResult.ok("keys", "strong")),
                null,
                Clock.systemUTC(),
                () -> {});
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new SystemGrpcService(room, this::run))
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
    }

    @Test
    void check_noThreadToBeHad_failsAndTheNextGoesOn() {
        SystemServiceBlockingStub system = SystemServiceGrpc.newBlockingStub(channel);
        assertThatThrownBy(() -> system.checkConfiguration(CheckConfigurationRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageNotContaining("one at a time");
        exhausted.set(false);
        assertThat(system.checkConfiguration(CheckConfigurationRequest.getDefaultInstance())
                        .getChecksList())
                .hasSize(1);
    }

    private void run(Runnable work) {
        if (exhausted.get()) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        work.run();
    }
}
