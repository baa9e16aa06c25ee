package dev.herald.server.cli;

import dev.herald.server.caller.TlsFiles;
import dev.herald.server.cli.remote.OwnCertificate;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
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
        String host = settings.text("GRPC_HOST", "127.0.0.1");
        int port = settings.integer("GRPC_PORT", 9090, 0, 65_535);
        if (port == 0) {
            settings.fault("GRPC_PORT", "is 0, so the server took a free port: name that one by --grpc-port", "");
        }
        Optional<TlsFiles> tls = TlsFiles.from(settings);
        settings.check();
        InetAddress address = InetAddress.getByName(host);
        String target = address.isAnyLocalAddress() ? "localhost" : address.getHostAddress();
        ServingStatus status = ask(channel(target, port, tls));
        spec.commandLine().getOut().println(status + " at " + target + ":" + port);
        return status == ServingStatus.SERVING ? 0 : 1;
    }

    private static ServingStatus ask(ManagedChannel channel) {
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

    /** The server's own certificate is the one to trust, whatever name it is for; and to show, where one is asked for. */
    private static ManagedChannel channel(String host, int port, Optional<TlsFiles> tls) throws IOException {
        if (tls.isEmpty()) {
            return Grpc.newChannelBuilderForAddress(host, port, InsecureChannelCredentials.create())
                    .build();
        }
        File certificate = tls.get().certificate().toFile();
        TlsChannelCredentials.Builder credentials =
                TlsChannelCredentials.newBuilder().trustManager(certificate);
        if (tls.get().clientCa().isPresent()) {
            credentials.keyManager(certificate, tls.get().key().toFile());
        }
        return Grpc.newChannelBuilderForAddress(host, port, credentials.build())
                .overrideAuthority(OwnCertificate.nameIn(certificate.toPath()).orElse(host))
                .build();
    }
}
