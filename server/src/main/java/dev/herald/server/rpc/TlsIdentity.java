package dev.herald.server.rpc;

import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
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
 * meet the new ones, open ones go on. Thread-safe.
 */
final class TlsIdentity {
    private final RpcConfig.TlsFiles files;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final Optional<AdvancedTlsX509TrustManager> clients;

    private TlsIdentity(RpcConfig.TlsFiles files) throws GeneralSecurityException {
        this.files = files;
        this.clients = files.clientCa().isPresent() ? Optional.of(trust()) : Optional.empty();
    }

    /** What the files hold now. */
    static TlsIdentity load(RpcConfig.TlsFiles files) throws IOException, GeneralSecurityException {
        TlsIdentity identity = new TlsIdentity(files);
        identity.reload();
        return identity;
    }

    /** The server's certificate. */
    static X509Certificate certificateIn(RpcConfig.TlsFiles files) throws IOException, GeneralSecurityException {
        load(files);
        return certificates(files.certificate())[0];
    }

    /** Takes all the files anew, or none when one of them can't be used. */
    void reload() throws IOException, GeneralSecurityException {
        X509Certificate[] chain = certificates(files.certificate());
        PrivateKey key = privateKey(files.key());
        if (!belongTogether(key, chain[0])) {
            throw new CertificateException(
                    files.key() + " is not the key of the certificate in " + files.certificate());
        }
        if (clients.isPresent()) {
            clients.get().updateTrustCredentials(certificates(files.clientCa().orElseThrow()));
        }
        keys.updateIdentityCredentials(chain, key);
    }

    ServerCredentials credentials() {
        TlsServerCredentials.Builder credentials =
                TlsServerCredentials.newBuilder().keyManager(keys);
        clients.ifPresent(trust -> credentials
                .trustManager(new AnyIssuerTrust(trust))
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE));
        return credentials.build();
    }

    private static AdvancedTlsX509TrustManager trust() throws CertificateException {
        return AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
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
