package dev.herald.server.cli;

import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.rpc.RpcConfig;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Asks the server on this machine whether it serves: for container health checks. */
@Command(
        name = "health",
        mixinStandardHelpOptions = true,
        description = "Asks the server on this machine (GRPC_PORT) whether it serves: exit code 0 or 1.")
final class HealthCommand implements Callable<Integer>, SettingFlags.Taker {
    private static final int LIMIT_SECONDS = 3;

    @Spec
    CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        SettingsReader settings = Settings.load(SettingFlags.given(spec));
        int port = settings.integer("GRPC_PORT", 9090, 1, 65_535);
        ServingStatus status = ask(port, credentials(RpcConfig.tls(settings)));
        settings.check();
        spec.commandLine().getOut().println(status);
        return status == ServingStatus.SERVING ? 0 : 1;
    }

    private static ServingStatus ask(int port, ChannelCredentials credentials) {
        ManagedChannel channel =
                Grpc.newChannelBuilderForAddress("localhost", port, credentials).build();
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } catch (StatusRuntimeException e) {
            return ServingStatus.UNKNOWN;
        } finally {
            channel.shutdownNow();
        }
    }

    /** The server's own certificate is the one to trust. */
    private static ChannelCredentials credentials(java.util.Optional<RpcConfig.TlsFiles> tls) throws IOException {
        return tls.isEmpty()
                ? InsecureChannelCredentials.create()
                : TlsChannelCredentials.newBuilder()
                        .trustManager(tls.get().certificate().toFile())
                        .build();
    }
}
