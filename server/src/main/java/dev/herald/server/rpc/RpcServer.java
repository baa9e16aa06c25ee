package dev.herald.server.rpc;

import io.grpc.BindableService;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
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

    /** A queue's worth of waiting, not more: with a second a call, four threads have it done in a minute. */
    private static final int MOST_WAITING = 256;

    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);
    private static final int CHANNELZ_PAGE = 100;

    private final Server server;
    private final Network network;
    private final HealthStatusManager health;
    private final List<String> serviceNames;
    private final Refusals refusals;

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
     * @throws UncheckedIOException when the address can't be listened on
     */
    public static RpcServer start(
            RpcConfig config,
            CallerAccess access,
            List<BindableService> blocking,
            List<BindableService> inline,
            Executor pool,
            ScheduledExecutorService timer) {
        Refusals refusals = new Refusals();
        HealthStatusManager health = new HealthStatusManager();
        Gate gate = new Gate(access, config.callers().callsPerSecond(), refusals);
        FieldRulesInterceptor fieldRules = new FieldRulesInterceptor(new FieldRules());
        CallTimeLimit timeLimit = new CallTimeLimit(LONGEST_CALL, timer, refusals);
        PooledCalls pooled = new PooledCalls(pool, MOST_WAITING, refusals);
        Network network = Network.of(config.maxConnections(), refusals);
        NettyServerBuilder builder = limited(config, access)
                .directExecutor()
                .decompressorRegistry(DecompressorRegistry.emptyInstance()
                        .with(Codec.Identity.NONE, false)
                        .with(new LateGunzip(), true))
                .addStreamTracerFactory(OversizeTracer.factory(refusals));
        access.filter().ifPresent(builder::addTransportFilter);
        inline.forEach(service -> builder.addService(gate.before(unparsed(service, fieldRules), timeLimit)));
        blocking.forEach(service -> builder.addService(gate.before(
                unparsed(service, fieldRules), timeLimit, pooled, new ErrorInterceptor(refusals))));
        builder.addService(gate.before(health.getHealthService().bindService()));
        builder.addService(gate.before(ChannelzService.newInstance(CHANNELZ_PAGE).bindService()));
        if (config.reflection()) {
            builder.addService(gate.before(ProtoReflectionServiceV1.newInstance().bindService()));
        }
        builder.fallbackHandlerRegistry(new UnknownMethods());
        Server listening = listen(network.applyTo(builder).build(), config, network);
        List<String> names = Stream.concat(blocking.stream(), inline.stream())
                .map(service -> service.bindService().getServiceDescriptor().getName())
                .toList();
        RpcServer server = new RpcServer(listening, network, health, names, refusals);
        server.report(ServingStatus.SERVING);
        return server;
    }

    /** What was turned away since the start. */
    public Refusals refusals() {
        return refusals;
    }

    public int port() {
        return server.getPort();
    }

    /** Every service served, for what must know all methods. */
    public List<ServerServiceDefinition> services() {
        return server.getServices();
    }

    /** Tells health checks whether calls would be served. */
    public void report(ServingStatus status) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
        serviceNames.forEach(name -> health.setStatus(name, status));
    }

    /** NOT_SERVING first, then no new calls, then the end, whatever clients do. */
    public void stop(Duration grace) {
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

    /** What every call passes before it is read. */
    private record Gate(ServerInterceptor errors, ServerInterceptor callers) {
        Gate(CallerAccess access, int callsPerSecond, Refusals refusals) {
            this(
                    new ErrorInterceptor(refusals),
                    new CallerInterceptor(access.source(), new CallerLimits(callsPerSecond), refusals));
        }

        ServerServiceDefinition before(ServerServiceDefinition service, ServerInterceptor... more) {
            List<ServerInterceptor> all = new ArrayList<>(List.of(errors, callers));
            all.addAll(List.of(more));
            return ServerInterceptors.interceptForward(service, all);
        }
    }

    /** Parsed behind the gate, so that bytes which are no message are refused like any other bad request. */
    private static ServerServiceDefinition unparsed(BindableService service, FieldRulesInterceptor fieldRules) {
        return ServerInterceptors.useMarshalledMessages(
                ServerInterceptors.interceptForward(service, fieldRules), new UnparsedMessages());
    }

    private static NettyServerBuilder limited(RpcConfig config, CallerAccess access) {
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(config.host(), config.port()), access.credentials())
                .maxInboundMessageSize(config.maxMessageBytes())
                .maxInboundMetadataSize(6 << 10, 8 << 10)
                .maxConcurrentCallsPerConnection(100)
                .maxRstFramesPerWindow(200, 30)
                .permitKeepAliveTime(30, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(false)
                .keepAliveTime(60, TimeUnit.SECONDS)
                .keepAliveTimeout(20, TimeUnit.SECONDS)
                .maxConnectionIdle(15, TimeUnit.MINUTES)
                .maxConnectionAge(30, TimeUnit.MINUTES)
                .maxConnectionAgeGrace(30, TimeUnit.SECONDS)
                .handshakeTimeout(10, TimeUnit.SECONDS);
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
