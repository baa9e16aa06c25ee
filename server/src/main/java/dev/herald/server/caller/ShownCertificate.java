package dev.herald.server.caller;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate chain that a client showed on a connection, and whether it still counts. The chain is looked at once for each
 * set of authorities (some hundred microseconds), its expiry each time: that of the first of its certificates to expire.
 * Thread-safe.
 */
final class ShownCertificate {
    private final X509Certificate[] chain;
    private final long expiryMillis;
    private volatile @Nullable Verdict last;

    /** What one set of authorities had to say. */
    private record Verdict(X509ExtendedTrustManager by, boolean trusted) {}

    private ShownCertificate(X509Certificate[] chain) {
        this.chain = chain;
        this.expiryMillis = Arrays.stream(chain)
                .mapToLong(certificate -> certificate.getNotAfter().getTime())
                .min()
                .orElseThrow();
    }

    /** What was shown in a session; that it was in order once, when the session began, counts for nothing. */
    static Optional<ShownCertificate> in(SSLSession session) {
        try {
            Certificate[] shown = session.getPeerCertificates();
            X509Certificate[] chain = Arrays.stream(shown)
                    .filter(X509Certificate.class::isInstance)
                    .toArray(X509Certificate[]::new);
            return chain.length > 0 ? Optional.of(new ShownCertificate(chain)) : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    /** The client's own. */
    X509Certificate certificate() {
        return chain[0];
    }

    boolean counts(ClientAuthorities authorities, long nowMillis) {
        return nowMillis <= expiryMillis && isTrustedBy(authorities.present());
    }

    private boolean isTrustedBy(X509ExtendedTrustManager authorities) {
        Verdict verdict = last;
        if (verdict == null || verdict.by != authorities) {
            verdict = new Verdict(authorities, trusts(authorities));
            last = verdict;
        }
        return verdict.trusted;
    }

    private boolean trusts(X509ExtendedTrustManager authorities) {
        try {
            authorities.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
            return true;
        } catch (CertificateException e) {
            return false;
        }
    }
}
