package dev.herald.server.system;

import dev.herald.server.caller.CallerAccess;
import dev.herald.server.caller.TlsFiles;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Whether the server could use its TLS files, and its certificate is valid now. */
public final class TlsFilesCheck implements SystemCheck {
    private static final String NAME = "TLS files";
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
        return "GRPC_TLS_CERT must name a PEM file with the server's certificate first, GRPC_TLS_KEY the PEM file (PKCS #8, not"
                + " encrypted) of its key, GRPC_TLS_CLIENT_CA one with the authorities of clients";
    }

    @Override
    public List<CheckResult> look() throws IOException, GeneralSecurityException {
        X509Certificate certificate = CallerAccess.certificateIn(files);
        Instant now = clock.instant();
        Instant start = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        if (now.isAfter(end) || now.isBefore(start)) {
            return List.of(CheckResult.failed(
                    NAME,
                    "the certificate is valid from " + start + " to " + end,
                    "put a certificate that is valid now into the file that GRPC_TLS_CERT names"));
        }
        return List.of(
                now.plus(SOON).isAfter(end)
                        ? CheckResult.warning(
                                NAME,
                                "the certificate expires at " + end,
                                "renew the certificate in the file that GRPC_TLS_CERT names")
                        : CheckResult.ok(NAME, "the certificate is valid until " + end));
    }
}
