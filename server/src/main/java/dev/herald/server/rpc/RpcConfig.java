package dev.herald.server.rpc;

import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /**
     * PEM files.
     *
     * @param certificate the server's chain, its own certificate first
     * @param key its private key, PKCS #8
     * @param clientCa the authorities whose certificates clients must show one of; empty: none is asked for
     */
    public record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) {}

    public static RpcConfig from(SettingsReader settings) {
        String host = settings.text("GRPC_HOST", "127.0.0.1");
        Optional<TlsFiles> tls = tls(settings);
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

    /** AUTH_JWT_SECRET, checked: the key of callers' bearer tokens; for making such tokens. */
    public static Optional<Secret> callerKey(SettingsReader settings) {
        return settings.text("AUTH_JWKS_FILE").isPresent()
                        && settings.secret("AUTH_JWT_SECRET").isEmpty()
                ? settings.missing(
                        "AUTH_JWT_SECRET", "is required to make tokens: a key set only verifies", Optional.empty())
                : CallerConfig.keys(settings).secret();
    }

    /** The same of this server, with AUTH=jwt. */
    public Optional<Secret> callerKey() {
        return callers.keys().flatMap(CallerKeys::secret);
    }

    /** Whether only this machine can reach it. */
    public boolean onLoopback() {
        return isLoopback(host);
    }

    /** The TLS files named by the settings, if any. */
    public static Optional<TlsFiles> tls(SettingsReader settings) {
        Optional<Path> certificate = settings.path("GRPC_TLS_CERT");
        Optional<Path> key = settings.path("GRPC_TLS_KEY");
        Optional<Path> clientCa = settings.path("GRPC_TLS_CLIENT_CA");
        if (certificate.isPresent() != key.isPresent()) {
            return settings.fault("GRPC_TLS_CERT", "GRPC_TLS_CERT and GRPC_TLS_KEY go together", Optional.empty());
        }
        if (clientCa.isPresent() && certificate.isEmpty()) {
            settings.fault("GRPC_TLS_CLIENT_CA", "needs GRPC_TLS_CERT and GRPC_TLS_KEY", "");
        }
        readable(settings, "GRPC_TLS_CERT", certificate);
        readable(settings, "GRPC_TLS_KEY", key);
        readable(settings, "GRPC_TLS_CLIENT_CA", clientCa);
        return certificate.map(file -> new TlsFiles(file, key.orElseThrow(), clientCa));
    }

    private static void readable(SettingsReader settings, String name, Optional<Path> file) {
        if (file.isPresent() && !Files.isReadable(file.get())) {
            settings.fault(name, "can't read " + file.get() + "; name a readable PEM file", "");
        }
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
