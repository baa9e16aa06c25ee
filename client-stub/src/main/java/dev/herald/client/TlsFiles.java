package dev.herald.client;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The PEM files of a TLS connection, and the credentials made from them. */
final class TlsFiles {
    private @Nullable Path authorities;
    private @Nullable Path chain;
    private @Nullable Path privateKey;

    void trust(Path caCertificates) {
        authorities = caCertificates;
    }

    void present(Path certificateChain, Path key) {
        chain = certificateChain;
        privateKey = key;
    }

    ChannelCredentials credentials() {
        try {
            TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
            if (authorities != null) {
                builder.trustManager(authorities.toFile());
            }
            if (chain != null && privateKey != null) {
                builder.keyManager(chain.toFile(), privateKey.toFile());
            }
            return builder.build();
        } catch (IOException e) {
            throw new UncheckedIOException("can't read a TLS file: " + e.getMessage(), e);
        }
    }
}
