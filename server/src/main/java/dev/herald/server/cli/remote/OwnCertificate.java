package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClientBuilder;
import dev.herald.server.caller.TlsFiles;
import dev.herald.server.config.SettingsReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The certificate of the server on this machine: the one to trust when calling it, whatever name it is for. */
public final class OwnCertificate {
    private OwnCertificate() {}

    /** Has the client trust it; whether there is one. */
    static boolean trust(HeraldClientBuilder builder, SettingsReader settings) throws IOException {
        Optional<TlsFiles> files = TlsFiles.from(settings);
        settings.check();
        if (files.isEmpty()) {
            return false;
        }
        Path certificate = files.get().certificate();
        builder.tls(certificate);
        nameIn(certificate).ifPresent(builder::serverName);
        return true;
    }

    /** The first name or address a certificate is for (RFC 5280, subjectAltName). */
    public static Optional<String> nameIn(Path file) throws IOException {
        try (InputStream content = new FileInputStream(file.toFile())) {
            X509Certificate certificate =
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(content);
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null
                    ? Optional.empty()
                    : names.stream()
                            .filter(name -> name.get(1) instanceof String)
                            .map(name -> (String) name.get(1))
                            .findFirst();
        } catch (CertificateException e) {
            throw new IOException("GRPC_TLS_CERT: " + file + " holds no certificate; name a PEM file", e);
        }
    }
}
