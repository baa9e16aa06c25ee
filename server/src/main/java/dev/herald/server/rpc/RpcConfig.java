package dev.herald.server.rpc;

import dev.herald.server.config.KeyPolicy;
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
 * @param auth how callers show who they are
 * @param callerKey the key of callers' bearer tokens; present with AUTH=jwt
 */
public record RpcConfig(
        String host,
        int port,
        boolean reflection,
        Optional<TlsFiles> tls,
        int maxMessageBytes,
        Auth auth,
        Optional<Secret> callerKey) {

    /** How callers show who they are. */
    public enum Auth {
        /** A bearer token in {@code authorization}. */
        JWT,
        /** Not at all; only on loopback. */
        OFF
    }

    /** PEM files. */
    public record TlsFiles(Path certificate, Path key) {}

    public static RpcConfig from(SettingsReader settings) {
        // Whoever sets this believes that clients must show a certificate.
        settings.text("GRPC_TLS_CLIENT_CA")
                .ifPresent(file -> settings.fault(
                        "GRPC_TLS_CLIENT_CA", "client certificates are not supported; unset it and use AUTH=jwt", ""));
        String host = settings.text("GRPC_HOST", "127.0.0.1");
        Auth auth = settings.choice("AUTH", Auth.JWT);
        if (auth == Auth.OFF && !isLoopback(host)) {
            settings.fault(
                    "AUTH",
                    "off is only possible when GRPC_HOST is a loopback address such as 127.0.0.1; use jwt",
                    auth);
        }
        return new RpcConfig(
                host,
                settings.integer("GRPC_PORT", 9090, 0, 65_535),
                settings.toggle("GRPC_REFLECTION", true),
                tls(settings),
                settings.integer("GRPC_MAX_MESSAGE_BYTES", 1 << 20, 1 << 13, 1 << 26),
                auth,
                auth == Auth.JWT ? callerKey(settings) : Optional.empty());
    }

    /** The key of callers' bearer tokens, checked; for the server, and for making such tokens. */
    public static Optional<Secret> callerKey(SettingsReader settings) {
        Optional<Secret> key = settings.secret("AUTH_JWT_SECRET");
        if (key.isEmpty()) {
            settings.fault(
                    "AUTH_JWT_SECRET",
                    "is required with AUTH=jwt: at least 32 random bytes, as ./herald keygen prints",
                    "");
            return key;
        }
        KeyPolicy.weakness(key.get()).ifPresent(weakness -> settings.fault("AUTH_JWT_SECRET", weakness, ""));
        if (key.equals(settings.secret("JWT_SECRET_KEY"))) {
            settings.fault("AUTH_JWT_SECRET", "must not be the same as JWT_SECRET_KEY: callers could make links", "");
        }
        return key;
    }

    /** Whether only this machine can reach it. */
    public boolean onLoopback() {
        return isLoopback(host);
    }

    /** The TLS files named by the settings, if any. */
    public static Optional<TlsFiles> tls(SettingsReader settings) {
        Optional<Path> certificate = settings.path("GRPC_TLS_CERT");
        Optional<Path> key = settings.path("GRPC_TLS_KEY");
        if (certificate.isPresent() != key.isPresent()) {
            return settings.fault("GRPC_TLS_CERT", "GRPC_TLS_CERT and GRPC_TLS_KEY go together", Optional.empty());
        }
        readable(settings, "GRPC_TLS_CERT", certificate);
        readable(settings, "GRPC_TLS_KEY", key);
        return certificate.map(file -> new TlsFiles(file, key.orElseThrow()));
    }

    private static void readable(SettingsReader settings, String name, Optional<Path> file) {
        if (file.isPresent() && !Files.isReadable(file.get())) {
            settings.fault(name, "can't read " + file.get() + "; name a readable PEM file", "");
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
