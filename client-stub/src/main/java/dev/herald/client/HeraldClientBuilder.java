package dev.herald.client;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sets a {@link HeraldClient} up. Without further settings: TLS with the system's trusted authorities, no bearer token, 10
 * seconds a call, 2 seconds a ValidateToken. Not thread-safe.
 */
public final class HeraldClientBuilder {
    private static final long KEEPALIVE_SECONDS = 60;

    private final String target;
    private final TlsFiles tls = new TlsFiles();
    private @Nullable String serverName;
    private boolean plaintext;
    private boolean insecureCredentials;
    private @Nullable Supplier<String> bearerToken;
    private Duration deadline = Duration.ofSeconds(10);
    private Duration validationDeadline = Duration.ofSeconds(2);

    HeraldClientBuilder(String target) {
        this.target = target;
    }

    /** No TLS. A bearer token is then sent over the loopback interface only; see {@link #insecureCredentials}. */
    public HeraldClientBuilder plaintext() {
        plaintext = true;
        return this;
    }

    /**
     * TLS that trusts the given authorities alone.
     *
     * @param caCertificates a PEM file
     */
    public HeraldClientBuilder tls(Path caCertificates) {
        plaintext = false;
        tls.trust(caCertificates);
        return this;
    }

    /**
     * TLS that shows a certificate of the caller's, for a proxy or mesh in front of the server that asks for one.
     *
     * @param chain a PEM file, the caller's certificate first
     * @param privateKey a PEM file with the unencrypted PKCS #8 key
     */
    public HeraldClientBuilder clientCertificate(Path chain, Path privateKey) {
        plaintext = false;
        tls.present(chain, privateKey);
        return this;
    }

    /** The name that the server's certificate must be for, where that isn't the target's: behind a tunnel, for example. */
    public HeraldClientBuilder serverName(String name) {
        serverName = name;
        return this;
    }

    /** Sends {@code authorization: Bearer …} with each call. */
    public HeraldClientBuilder bearerToken(String token) {
        return bearerToken(() -> token);
    }

    /**
     * The same with a token asked for at each call, so that it can be renewed. The supplier must be thread-safe and
     * quick; when it throws, the call fails with UNAUTHENTICATED.
     */
    public HeraldClientBuilder bearerToken(Supplier<String> token) {
        bearerToken = token;
        return this;
    }

    /** Allows a bearer token without TLS to a host that isn't loopback: whoever listens can read and use it. */
    public HeraldClientBuilder insecureCredentials() {
        insecureCredentials = true;
        return this;
    }

    /** How long a call may take, its retries included; 10 seconds unless set. Streams have no deadline. */
    public HeraldClientBuilder deadline(Duration most) {
        deadline = positive(most);
        return this;
    }

    /** The same for ValidateToken, in whose way a person stands; 2 seconds unless set. */
    public HeraldClientBuilder validationDeadline(Duration most) {
        validationDeadline = positive(most);
        return this;
    }

    /**
     * Makes the client. Nothing is sent until the first call.
     *
     * @throws IllegalStateException when a bearer token would leave this host unencrypted
     * @throws java.io.UncheckedIOException when a certificate or key file can't be read
     */
    public HeraldClient build() {
        refuseExposedToken();
        ManagedChannelBuilder<?> builder = Grpc.newChannelBuilder(target, channelCredentials())
                .disableServiceConfigLookUp()
                .defaultServiceConfig(RetryPolicy.serviceConfig())
                .enableRetry()
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(false);
        if (serverName != null) {
            builder.overrideAuthority(serverName);
        }
        ManagedChannel connection = builder.build();
        return new HeraldClient(connection, ClientInterceptors.intercept(connection, interceptors()));
    }

    private List<ClientInterceptor> interceptors() {
        List<ClientInterceptor> interceptors = new ArrayList<>();
        interceptors.add(new Deadlines(deadline, validationDeadline));
        if (bearerToken != null) {
            interceptors.add(new BearerCredentials(bearerToken).interceptor());
        }
        return interceptors;
    }

    private ChannelCredentials channelCredentials() {
        return plaintext ? InsecureChannelCredentials.create() : tls.credentials();
    }

    private void refuseExposedToken() {
        if (bearerToken != null && plaintext && !insecureCredentials && !Loopback.names(target)) {
            throw new IllegalStateException("a bearer token would go unencrypted to " + target
                    + ": use TLS, or say insecureCredentials() when the network is trusted");
        }
    }

    private static Duration positive(Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException("a deadline must be longer than nothing");
        }
        return duration;
    }
}
