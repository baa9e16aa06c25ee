package dev.herald.server.caller;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate chain that a client showed on a connection, and whether it still counts. The chain is looked at once for each
 * set of authorities, its expiry each time: that of the first of its certificates to expire.
 * Of those that clients send along without need some have expired before: they don't count. Thread-safe.
 */
final class ShownCertificate {
    private final X509Certificate[] chain;
    private final Instant expiry;
    private volatile @Nullable Verdict last;

    /** What one set of authorities had to say. */
    private record Verdict(X509ExtendedTrustManager by, boolean trusted) {}

    private ShownCertificate(X509Certificate[] chain, Instant now) {
        this.chain = chain;
        this.expiry = Arrays.stream(chain)
                .filter(certificate ->
                        certificate.equals(chain[0]) || !end(certificate).isBefore(now))
                .map(ShownCertificate::end)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /** What was shown in a session; that it was in order once, when the session began, counts for nothing. */
    static Optional<ShownCertificate> in(SSLSession session, Instant now) {
        return chainOf(session).map(chain -> new ShownCertificate(chain, now));
    }

    /** The client's own certificate first; empty where it showed none. */
    static Optional<X509Certificate[]> chainOf(SSLSession session) {
        try {
            X509Certificate[] chain = Arrays.stream(session.getPeerCertificates())
                    .filter(X509Certificate.class::isInstance)
                    .toArray(X509Certificate[]::new);
            return chain.length > 0 ? Optional.of(chain) : Optional.empty();
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    boolean counts(ClientAuthorities authorities, Instant now) {
        return !now.isAfter(expiry) && isTrustedBy(authorities.present());
    }

    private static Instant end(X509Certificate certificate) {
        return certificate.getNotAfter().toInstant();
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
