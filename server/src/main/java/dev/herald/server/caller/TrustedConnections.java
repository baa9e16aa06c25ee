package dev.herald.server.caller;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import java.time.Clock;
import java.util.Optional;

/**
 * Callers whose client certificate still counts: each call asks, so that an authority which is taken away, and a certificate
 * that expires, end what open connections and resumed sessions could do. Thread-safe.
 */
final class TrustedConnections implements CallerSource {
    private static final Attributes.Key<ShownCertificate> SHOWN = Attributes.Key.create("herald.certificate");

    private final ClientAuthorities authorities;
    private final CallerSource callers;
    private final Clock clock;

    /** Those of another source, where their connection is still trusted. */
    TrustedConnections(ClientAuthorities authorities, CallerSource callers, Clock clock) {
        this.authorities = authorities;
        this.callers = callers;
        this.clock = clock;
    }

    @Override
    public Attributes connected(Attributes transport) {
        Attributes known = callers.connected(transport);
        return Optional.ofNullable(transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION))
                .flatMap(session -> ShownCertificate.in(session, clock.instant()))
                .map(shown -> known.toBuilder().set(SHOWN, shown).build())
                .orElse(known);
    }

    @Override
    public Optional<Caller> callerOf(ServerCall<?, ?> call, Metadata headers) {
        ShownCertificate shown = call.getAttributes().get(SHOWN);
        return shown != null && shown.counts(authorities, clock.instant())
                ? callers.callerOf(call, headers)
                : Optional.empty();
    }
}
