package dev.herald.server.rpc;

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
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How connections are secured and callers recognised, by files that may be replaced while the server runs. Thread-safe. */
public final class CallerAccess {
    private static final Logger log = LoggerFactory.getLogger(CallerAccess.class);

    private final RpcConfig config;
    private final @Nullable TlsIdentity tls;
    private final @Nullable CallerTokens tokens;
    private final CallerSource source;

    private CallerAccess(
            RpcConfig config, @Nullable TlsIdentity tls, @Nullable CallerTokens tokens, CallerSource source) {
        this.config = config;
        this.tls = tls;
        this.tokens = tokens;
        this.source = source;
    }

    /**
     * As the settings say.
     *
     * @throws UncheckedIOException when a TLS file can't be used
     */
    public static CallerAccess of(RpcConfig config, Clock clock) {
        TlsIdentity tls = config.tls().map(CallerAccess::tls).orElse(null);
        CallerTokens tokens = config.callers()
                .keys()
                .map(keys -> new CallerTokens(keys, clock))
                .orElse(null);
        CallerSource source = switch (config.callers().auth()) {
            case JWT -> new BearerCallers(java.util.Objects.requireNonNull(tokens));
            case MTLS -> new CertificateCallers(config.callers().roles());
            case OFF -> CallerSource.OPEN;
        };
        warn(config);
        return new CallerAccess(config, tls, tokens, trusted(tls, source, clock));
    }

    private static void warn(RpcConfig config) {
        if (config.callers().auth() == CallerConfig.Auth.OFF) {
            log.warn("AUTH=off: whoever reaches this port may do everything");
        }
        if (config.tls().isEmpty() && !config.onLoopback()) {
            log.warn("GRPC_TLS_CERT is unset: callers' tokens cross the network in clear");
        }
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
    public static X509Certificate certificateIn(RpcConfig.TlsFiles files) throws IOException, GeneralSecurityException {
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
    public void follow(FileWatch files, SettingsReader settings, BiConsumer<SettingsReader, CallerKeys> check) {
        if (tls != null) {
            RpcConfig.TlsFiles named = config.tls().orElseThrow();
            files.watch("GRPC_TLS_CERT, GRPC_TLS_KEY", List.of(named.certificate(), named.key()), tls::reloadIdentity);
            files.watch("GRPC_TLS_CLIENT_CA", named.clientCa().stream().toList(), tls::reloadClients);
        }
        if (tokens != null) {
            List<Path> all = new ArrayList<>();
            settings.secretFile("AUTH_JWT_SECRET").ifPresent(all::add);
            settings.path("AUTH_JWKS_FILE").ifPresent(all::add);
            files.watch("AUTH_JWT_SECRET_FILE, AUTH_JWKS_FILE", all, () -> {
                SettingsReader now = settings.again();
                CallerKeys keys = CallerConfig.keys(now);
                check.accept(now, keys);
                now.check();
                tokens.replaceKeys(keys);
            });
        }
    }

    CallerSource source() {
        return source;
    }

    /** Sees every connection first. */
    ServerTransportFilter filter() {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes transport) {
                return source.connected(transport);
            }
        };
    }

    ServerCredentials credentials() {
        return tls == null ? InsecureServerCredentials.create() : tls.credentials();
    }

    private static TlsIdentity tls(RpcConfig.TlsFiles files) {
        try {
            return TlsIdentity.load(files);
        } catch (IOException | GeneralSecurityException e) {
            throw new UncheckedIOException(
                    "GRPC_TLS_CERT, GRPC_TLS_KEY or GRPC_TLS_CLIENT_CA can't be used: " + e.getMessage(),
                    e instanceof IOException io ? io : new IOException(e));
        }
    }
}
