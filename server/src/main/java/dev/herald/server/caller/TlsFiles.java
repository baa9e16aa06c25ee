package dev.herald.server.caller;

import dev.herald.server.config.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The PEM files that connections are secured with.
 *
 * @param certificate the server's chain, its own certificate first
 * @param key its private key, PKCS #8
 * @param clientCa the authorities whose certificates clients must show one of; empty: none is asked for
 */
public record TlsFiles(Path certificate, Path key, Optional<Path> clientCa) {

    /** Those that the settings name, if any. */
    public static Optional<TlsFiles> from(SettingsReader settings) {
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
}
