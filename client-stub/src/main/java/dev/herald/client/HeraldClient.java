package dev.herald.client;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;

/**
 * A connection to Herald, and a typed client for each of its services. Thread-safe: make one, share it, close it at
 * shutdown. Connecting happens with the first call and again by itself.
 *
 * <pre>{@code
 * try (HeraldClient herald = HeraldClient.builder("dns:///herald.campus.example:9090").bearerToken(token).build()) {
 *     herald.notifications().generateForSession(42);
 * }
 * }</pre>
 */
public final class HeraldClient implements AutoCloseable {
    private static final long CLOSING_SECONDS = 5;

    private final ManagedChannel connection;
    private final Channel channel;
    private final NotificationClient notifications;
    private final TokenClient tokens;
    private final DirectoryClient directory;
    private final SystemClient system;

    HeraldClient(ManagedChannel connection, Channel channel) {
        this.connection = connection;
        this.channel = channel;
        this.notifications = new NotificationClient(channel);
        this.tokens = new TokenClient(channel);
        this.directory = new DirectoryClient(channel);
        this.system = new SystemClient(channel);
    }

    /**
     * Begins a client.
     *
     * @param target {@code host:port}, or a gRPC target such as {@code dns:///host:port}; calls go round all of the
     *     name's addresses
     */
    public static HeraldClientBuilder builder(String target) {
        return new HeraldClientBuilder(target);
    }

    /** Generates, follows and retries a session's mail. */
    public NotificationClient notifications() {
        return notifications;
    }

    /** Issues, checks and uses up the links' tokens. */
    public TokenClient tokens() {
        return tokens;
    }

    /** Feeds and prunes Herald's copy of courses, users, students and sessions. */
    public DirectoryClient directory() {
        return directory;
    }

    /** Watches over Herald itself: for whoever runs it. */
    public SystemClient system() {
        return system;
    }

    /** The channel with this client's credentials, deadlines and retries, for stubs of services that have no client here. */
    public Channel channel() {
        return channel;
    }

    /** Lets the calls under way end, for at most 5 seconds, and cancels the rest. */
    @Override
    public void close() {
        connection.shutdown();
        try {
            connection.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connection.shutdownNow();
        }
    }
}
