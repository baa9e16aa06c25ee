package dev.herald.server.rpc;

import dev.herald.server.caller.CallerAccess;
import dev.herald.server.caller.CallerConfig;
import dev.herald.server.caller.CallerLimits;
import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening server: Herald's services behind the interceptors, health, reflection, channelz. Who calls and whether it may
 * is decided on the network's threads; calls run on the pool given, except those of the inline services, which hand over what
 * blocks by themselves. Thread-safe.
 */
public final class RpcServer {
    private static final Logger log = LoggerFactory.getLogger(RpcServer.class);

    private static final int CHANNELZ_PAGE = 100;

    private final Server server;
    private final Network network;
    private final HealthStatusManager health;
    private final List<String> serviceNames;
    private final Refusals refusals;
    private volatile boolean serving;

    private RpcServer(
            Server server, Network network, HealthStatusManager health, List<String> serviceNames, Refusals refusals) {
        this.server = server;
        this.network = network;
        this.health = health;
        this.serviceNames = serviceNames;
        this.refusals = refusals;
    }

    /**
     * Listens.
     *
     * @param blocking services whose methods may block; they run on {@code pool}
     * @param inline services that never block; they run on the network's threads
     * @param watch keeps figures of calls, and their traces
     * @throws UncheckedIOException when the address can't be listened on
     */
    public static RpcServer start(
            RpcConfig config,
            CallerAccess access,
            List<BindableService> blocking,
            List<BindableService> inline,
            Executor pool,
            ScheduledExecutorService timer,
            CallWatch watch) {
        Refusals refusals = new Refusals(watch.meters());
        HealthStatusManager health = new HealthStatusManager();
        CallerLimits limits = new CallerLimits(config.callers().callsPerSecond(), timer, watch.meters());
        CallPath path = new CallPath(access.source(), limits, pool, timer, refusals);
        NettyServerBuilder builder = limited(config, access)
                .addStreamTracerFactory(OversizeTracer.factory(refusals))
                .fallbackHandlerRegistry(new UnknownMethods(refusals));
        CallMeter meter = watch.attach(builder);
        blocking.forEach(service -> builder.addService(path.toBlocking(service)));
        inline.forEach(service -> builder.addService(path.toInline(service)));
        foreign(config, health).forEach(service -> builder.addService(path.toForeign(service)));
        Network network = Network.of(config.maxConnections(), config.times().longestSilence(), refusals);
        Server built = network.applyTo(builder).build();
        meter.know(built.getServices());
        Server listening = listen(built, config, network);
        RpcServer server = new RpcServer(listening, network, health, names(blocking, inline), refusals);
        server.report(ServingStatus.SERVING);
        warn(config);
        return server;
    }

    private static void warn(RpcConfig config) {
        if (config.callers().auth() == CallerConfig.Auth.OFF) {
            log.warn("AUTH=off: whoever reaches this port may do everything");
        }
        if (config.tls().isEmpty() && !config.onLoopback()) {
            log.warn("GRPC_TLS_CERT is unset: callers' tokens cross the network in clear");
        }
    }

    /** What was refused since the start. */
    public Refusals refusals() {
        return refusals;
    }

    public int port() {
        return server.getPort();
    }

    /** Whether calls are served, as health checks are told. */
    public boolean isServing() {
        return serving;
    }

    /** Every service served, for what must know all methods. */
    public List<ServerServiceDefinition> services() {
        return server.getServices();
    }

    /** Tells health checks whether calls would be served. */
    public void report(ServingStatus status) {
        serving = status == ServingStatus.SERVING;
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        serviceNames.forEach(name -> health.setStatus(name, status));
    }

    /** NOT_SERVING first, then no new calls, then the end, whatever clients do. */
    public void stop(Duration grace) {
        serving = false;
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn("calls still open after {} s are cut", grace.toSeconds());
                server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        } finally {
            network.close();
        }
    }

    private static List<BindableService> foreign(RpcConfig config, HealthStatusManager health) {
        List<BindableService> services =
                new ArrayList<>(List.of(health.getHealthService(), ChannelzService.newInstance(CHANNELZ_PAGE)));
        if (config.reflection()) {
            services.add(ProtoReflectionServiceV1.newInstance());
        }
        return services;
    }

    private static List<String> names(List<BindableService> blocking, List<BindableService> inline) {
        return Stream.concat(blocking.stream(), inline.stream())
                .map(service -> service.bindService().getServiceDescriptor().getName())
                .toList();
    }

    private static NettyServerBuilder limited(RpcConfig config, CallerAccess access) {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                new InetSocketAddress(config.host(), config.port()), access.credentials());
        ConnectionTimes times = config.times();
        return builder.addTransportFilter(access.filter())
                .directExecutor()
                .decompressorRegistry(DecompressorRegistry.emptyInstance()
                        .with(Codec.Identity.NONE, false)
                        .with(new LateGunzip(), true))
                .maxInboundMessageSize(config.maxMessageBytes())
                .maxInboundMetadataSize(6 << 10, 8 << 10)
                .maxConcurrentCallsPerConnection(100)
                .maxRstFramesPerWindow(200, 30)
                .permitKeepAliveTime(30, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(false)
                .keepAliveTime(times.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(times.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionIdle(15, TimeUnit.MINUTES)
                .maxConnectionAge(30, TimeUnit.MINUTES)
                .maxConnectionAgeGrace(30, TimeUnit.SECONDS)
                .handshakeTimeout(times.handshake().toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Server listen(Server server, RpcConfig config, Network network) {
        try {
            return server.start();
        } catch (IOException e) {
            network.close();
            String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new UncheckedIOException(
                    "GRPC_HOST, GRPC_PORT: can't listen on " + config.host() + ":" + config.port() + ": " + cause, e);
        }
    }
}
