package dev.herald.server.rpc;

import dev.herald.server.caller.CallerConfig;
import dev.herald.server.caller.TlsFiles;
import dev.herald.server.config.SettingsReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Where to listen, and whom to believe.
 *
 * @param host the address to listen on
 * @param port its port; 0 takes a free one
 * @param reflection whether server reflection is offered
 * @param tls certificate chain and private key; empty for plaintext
 * @param maxMessageBytes the largest request
 * @param maxConnections how many connections are held at once
 * @param times how long silent connections are kept; no setting
 * @param callers who may call
 */
public record RpcConfig(
        String host,
        int port,
        boolean reflection,
        Optional<TlsFiles> tls,
        int maxMessageBytes,
        int maxConnections,
        ConnectionTimes times,
        CallerConfig callers) {

    public static RpcConfig from(SettingsReader settings) {
        String host = settings.text("GRPC_HOST", "127.0.0.1");
        Optional<TlsFiles> tls = TlsFiles.from(settings);
        if (tls.isPresent() && !settings.isFaulty("GRPC_TLS_KEY")) {
            settings.holdsSecret("GRPC_TLS_KEY");
        }
        return new RpcConfig(
                host,
                settings.integer("GRPC_PORT", 9090, 0, 65_535),
                settings.toggle("GRPC_REFLECTION", true),
                tls,
                settings.integer("GRPC_MAX_MESSAGE_BYTES", 1 << 20, 1 << 13, 1 << 26),
                settings.integer("GRPC_MAX_CONNECTIONS", 4_000, 1, 1_000_000),
                ConnectionTimes.USUAL,
                CallerConfig.from(
                        settings,
                        isLoopback(host),
                        settings.text("GRPC_TLS_CLIENT_CA").isPresent()));
    }

    /** The same with other times, for tests that can't wait for the usual ones. */
    public RpcConfig with(ConnectionTimes others) {
        return new RpcConfig(host, port, reflection, tls, maxMessageBytes, maxConnections, others, callers);
    }

    /** Whether only this machine can reach it. */
    public boolean onLoopback() {
        return isLoopback(host);
    }

    /** Whether only this machine can reach what listens there. */
    public static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
