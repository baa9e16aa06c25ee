package dev.herald.server.caller;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Callers by their client certificate (AUTH=mtls): its one URI name, a SPIFFE id, is looked up among those that have roles. A
 * certificate with no URI name or several identifies nobody (SPIFFE X.509-SVID), and its common name counts for nothing. Looked
 * at once a connection; whether the certificate still counts is asked by {@link TrustedConnections}.
 */
final class CertificateCallers implements CallerSource {
    private static final Attributes.Key<Caller> CALLER = Attributes.Key.create("herald.caller");
    /** RFC 5280: uniformResourceIdentifier among the kinds of subjectAltName. */
    private static final Integer URI = 6;

    private final Map<String, Set<Role>> roles;

    CertificateCallers(Map<String, Set<Role>> roles) {
        this.roles = roles;
    }

    @Override
    public Attributes connected(Attributes transport) {
        return caller(transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
                .map(caller -> transport.toBuilder().set(CALLER, caller).build())
                .orElse(transport);
    }

    @Override
    public Optional<Caller> callerOf(ServerCall<?, ?> call, Metadata headers) {
        return Optional.ofNullable(call.getAttributes().get(CALLER));
    }

    private Optional<Caller> caller(@Nullable SSLSession session) {
        return Optional.ofNullable(session)
                .flatMap(ShownCertificate::chainOf)
                .flatMap(chain -> onlyUri(chain[0]))
                .filter(roles::containsKey)
                .map(id -> new Caller(id, roles.getOrDefault(id, Set.of())));
    }

    static Optional<String> onlyUri(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            List<String> uris = names == null
                    ? List.of()
                    : names.stream()
                            .filter(name -> URI.equals(name.get(0)))
                            .map(name -> String.valueOf(name.get(1)))
                            .toList();
            return uris.size() == 1 ? Optional.of(uris.get(0)) : Optional.empty();
        } catch (CertificateParsingException e) {
            return Optional.empty();
        }
    }
}
