package dev.herald.server.caller;

import dev.herald.server.config.FileWatch;
import dev.herald.server.config.SettingsReader;
import io.grpc.Attributes;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.ServerTransportFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How connections are secured and callers recognised, by files that may be replaced while the server runs. Thread-safe. */
public final class CallerAccess {
    private final Optional<TlsFiles> files;
    private final @Nullable TlsIdentity tls;
    private final @Nullable CallerTokens tokens;
    private final CallerSource source;

    private CallerAccess(
            Optional<TlsFiles> files, @Nullable TlsIdentity tls, @Nullable CallerTokens tokens, CallerSource source) {
        this.files = files;
        this.tls = tls;
        this.tokens = tokens;
        this.source = source;
    }

    /**
     * As the settings say.
     *
     * @throws UncheckedIOException when a TLS file can't be used
     */
    public static CallerAccess of(CallerConfig config, Optional<TlsFiles> files, Clock clock) {
        TlsIdentity tls = files.map(CallerAccess::tls).orElse(null);
        CallerTokens tokens =
                config.keys().map(keys -> new CallerTokens(keys, clock)).orElse(null);
        CallerSource source = switch (config.auth()) {
            case JWT -> new BearerCallers(Objects.requireNonNull(tokens));
            case MTLS -> new CertificateCallers(config.roles());
            case OFF -> CallerSource.OPEN;
        };
        return new CallerAccess(files, tls, tokens, trusted(tls, source, clock));
    }

    private static CallerSource trusted(@Nullable TlsIdentity tls, CallerSource callers, Clock clock) {
        Optional<ClientAuthorities> authorities = tls == null ? Optional.empty() : tls.clients();
        return authorities
                .<CallerSource>map(present -> new TrustedConnections(present, callers, clock))
                .orElse(callers);
    }

    /**
     * The server's certificate, read with all the files as the server reads them.
     *
     * @throws IOException when one can't be read
     * @throws GeneralSecurityException when one can't be used
     */
    public static X509Certificate certificateIn(TlsFiles files) throws IOException, GeneralSecurityException {
        return TlsIdentity.certificateIn(files);
    }

    /** The keys of callers' tokens that count now; empty unless AUTH=jwt. */
    public Optional<CallerKeys> callerKeys() {
        return Optional.ofNullable(tokens).map(CallerTokens::keys);
    }

    /**
     * Has new content of the files used: the server's certificate by new connections, clients' authorities and callers' keys by
     * the next call.
     *
     * @param check notes faults of new callers' keys; with one, the old stay
     */
    public void follow(FileWatch watch, SettingsReader settings, BiConsumer<SettingsReader, CallerKeys> check) {
        if (tls != null) {
            TlsFiles named = files.orElseThrow();
            watch.watch("GRPC_TLS_CERT, GRPC_TLS_KEY", List.of(named.certificate(), named.key()), tls::reloadIdentity);
            watch.watch("GRPC_TLS_CLIENT_CA", named.clientCa().stream().toList(), tls::reloadClients);
        }
        if (tokens != null) {
            List<Path> all = new ArrayList<>();
            settings.secretFile("AUTH_JWT_SECRET").ifPresent(all::add);
            settings.path("AUTH_JWKS_FILE").ifPresent(all::add);
            watch.watch("AUTH_JWT_SECRET_FILE, AUTH_JWKS_FILE", all, () -> {
                SettingsReader now = settings.again();
                CallerKeys keys = CallerConfig.keys(now);
                check.accept(now, keys);
                now.check();
                tokens.replaceKeys(keys);
            });
        }
    }

    /** Tells who calls. */
    public CallerSource source() {
        return source;
    }

    /** Sees every connection first. */
    public ServerTransportFilter filter() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes transport) {
                return source.connected(transport);
            }
        };
    }

    /** For the listening server. */
    public ServerCredentials credentials() {
        return tls == null ? InsecureServerCredentials.create() : tls.credentials();
    }

    private static TlsIdentity tls(TlsFiles files) {
        try {
            return TlsIdentity.load(files);
        } catch (IOException | GeneralSecurityException e) {
            throw new UncheckedIOException(
                    "GRPC_TLS_CERT, GRPC_TLS_KEY or GRPC_TLS_CLIENT_CA can't be used: " + e.getMessage(),
                    e instanceof IOException io ? io : new IOException(e));
        }
    }
}
