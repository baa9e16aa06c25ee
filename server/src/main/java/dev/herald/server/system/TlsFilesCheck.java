package dev.herald.server.system;

import dev.herald.server.rpc.RpcConfig.TlsFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether the server's certificate is valid now, and its private key belongs to it. */
public final class TlsFilesCheck implements SystemCheck {
    private static final String NAME = "TLS files";
    private static final String CERTIFICATE = "GRPC_TLS_CERT must name a PEM file with the server's certificate first";
    private static final String KEY = "GRPC_TLS_KEY must name the PEM file (PKCS#8, not encrypted) of the key that"
            + " the certificate in GRPC_TLS_CERT was made for";
    private static final Pattern PKCS8 =
            Pattern.compile("-----BEGIN PRIVATE KEY-----(?<body>[\\sA-Za-z0-9+/=]+)-----END PRIVATE KEY-----");
    private static final Duration SOON = Duration.ofDays(14);

    private final TlsFiles files;
    private final Clock clock;

    public TlsFilesCheck(TlsFiles files, Clock clock) {
        this.files = files;
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String mend() {
        return "look at GRPC_TLS_CERT and GRPC_TLS_KEY";
    }

    @Override
    public List<CheckResult> look() {
        X509Certificate certificate;
        try (InputStream content = Files.newInputStream(files.certificate())) {
            certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(content);
        } catch (IOException | GeneralSecurityException e) {
            return List.of(CheckResult.failed(NAME, files.certificate() + " holds no certificate", CERTIFICATE));
        }
        return List.of(belongTogether(certificate) ? inTime(certificate) : strange());
    }

    private CheckResult strange() {
        return CheckResult.failed(NAME, files.key() + " holds no private key of the certificate's", KEY);
    }

    private CheckResult inTime(X509Certificate certificate) {
        Instant now = clock.instant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isAfter(end) || now.isBefore(certificate.getNotBefore().toInstant())) {
            return CheckResult.failed(
                    NAME,
                    "the certificate is valid from "
                            + certificate.getNotBefore().toInstant() + " to " + end,
                    "put a certificate that is valid now into the file that GRPC_TLS_CERT names");
        }
        return now.plus(SOON).isAfter(end)
                ? CheckResult.warning(
                        NAME,
                        "the certificate expires at " + end,
                        "renew the certificate in the file that GRPC_TLS_CERT names")
                : CheckResult.ok(NAME, "the certificate is valid until " + end);
    }

    /** Whether what the private key signs is good by the certificate's public one. */
    private boolean belongTogether(X509Certificate certificate) {
        try {
            PublicKey verifying = certificate.getPublicKey();
            PrivateKey signing = privateKey(files.key(), verifying.getAlgorithm());
            Signature signature = Signature.getInstance(algorithm(verifying));
            byte[] sample = {1, 2, 3};
            signature.initSign(signing);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(verifying);
            signature.update(sample);
            return signature.verify(signed);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    private static PrivateKey privateKey(Path file, String algorithm) throws IOException, GeneralSecurityException {
        Matcher pem = PKCS8.matcher(Files.readString(file));
        if (!pem.find()) {
            throw new IllegalArgumentException("no PKCS#8 key");
        }
        byte[] der = Base64.getMimeDecoder().decode(pem.group("body"));
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    private static String algorithm(PublicKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
    }
}
