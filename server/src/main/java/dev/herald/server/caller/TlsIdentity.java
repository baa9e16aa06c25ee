package dev.herald.server.caller;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;

/**
 * The server's certificate and the authorities of its clients, from files that may be replaced while it runs: new connections
 * meet the new ones. Open ones go on, and their next calls meet the new authorities ({@link TrustedConnections}). Thread-safe.
 */
final class TlsIdentity {
    private final TlsFiles files;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final Optional<ClientAuthorities> clients;

    private TlsIdentity(TlsFiles files) throws IOException, GeneralSecurityException {
        this.files = files;
        this.clients = files.clientCa().isPresent() ? Optional.of(authorities(files)) : Optional.empty();
    }

    /** What the files hold now. */
    static TlsIdentity load(TlsFiles files) throws IOException, GeneralSecurityException {
        TlsIdentity identity = new TlsIdentity(files);
        identity.reloadIdentity();
        return identity;
    }

    /** The server's certificate. */
    static X509Certificate certificateIn(TlsFiles files) throws IOException, GeneralSecurityException {
        load(files);
        return certificates(files.certificate())[0];
    }

    /** Takes the server's certificate and key anew, or neither when they can't be used. */
    void reloadIdentity() throws IOException, GeneralSecurityException {
        X509Certificate[] chain = certificates(files.certificate());
        PrivateKey key = privateKey(files.key());
        if (!belongTogether(key, chain[0])) {
            throw new CertificateException(
                    files.key() + " is not the key of the certificate in " + files.certificate());
        }
        keys.updateIdentityCredentials(chain, key);
    }

    /** Takes the clients' authorities anew. Apart from the rest, whose faults mustn't keep an authority from being taken away. */
    void reloadClients() throws IOException, GeneralSecurityException {
        if (clients.isPresent()) {
            clients.get().replace(certificates(files.clientCa().orElseThrow()));
        }
    }

    /** Whose certificates clients must show; empty when none is asked for. */
    Optional<ClientAuthorities> clients() {
        return clients;
    }

    ServerCredentials credentials() {
        TlsServerCredentials.Builder credentials =
                TlsServerCredentials.newBuilder().keyManager(keys);
        clients.ifPresent(trust -> credentials.trustManager(trust).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE));
        return credentials.build();
    }

    private static ClientAuthorities authorities(TlsFiles files) throws IOException, GeneralSecurityException {
        return new ClientAuthorities(certificates(files.clientCa().orElseThrow()));
    }

    private static X509Certificate[] certificates(Path file) throws IOException, CertificateException {
        try (InputStream content = Files.newInputStream(file)) {
            X509Certificate[] certificates = CertificateUtils.getX509Certificates(content);
            if (certificates.length == 0) {
                throw new CertificateException("no certificate in " + file);
            }
            return certificates;
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
        try (InputStream content = Files.newInputStream(file)) {
            return CertificateUtils.getPrivateKey(content);
        }
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        if (!key.getAlgorithm().equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        byte[] anything = certificate.getEncoded();
        Signature signature =
                Signature.getInstance(key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA");
        signature.initSign(key);
        signature.update(anything);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(anything);
        return signature.verify(signed);
    }
}
