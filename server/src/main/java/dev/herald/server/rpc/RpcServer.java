package dev.herald.server.rpc;

import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.TlsServerCredentials;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening server: Herald's services behind the interceptors, health, reflection. Calls run on the pool given, except
 * those of the inline services, which hand over what blocks by themselves. Thread-safe.
 */
public final class RpcServer {
    private static final Logger log = LoggerFactory.getLogger(RpcServer.class);

    private final Server server;
    private final HealthStatusManager health;
    private final List<String> serviceNames;
    private volatile boolean serving;

    private RpcServer(Server server, HealthStatusManager health, List<String> serviceNames) {
        this.server = server;
        this.health = health;
        this.serviceNames = serviceNames;
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
            CallerInterceptor callers,
            List<BindableService> blocking,
            List<BindableService> inline,
            Executor pool,
            CallWatch watch) {
        HealthStatusManager health = new HealthStatusManager();
        List<BindableService> ours = new ArrayList<>(blocking);
        ours.addAll(inline);
        List<String> names = ours.stream()
                .map(service -> service.bindService().getServiceDescriptor().getName())
                .toList();
        Set<String> pooled = Set.copyOf(blocking.stream()
                .map(service -> service.bindService().getServiceDescriptor().getName())
                .toList());
        FieldRulesInterceptor fieldRules = new FieldRulesInterceptor(new FieldRules());
        NettyServerBuilder builder = limited(config).directExecutor().callExecutor(new ByService(pooled, pool));
        CallMeter meter = watch.attach(builder);
        ErrorInterceptor errors = new ErrorInterceptor(new RefusalMeter(watch.meters()));
        ours.forEach(service -> builder.addService(guarded(service, errors, callers, fieldRules)));
        builder.addService(ServerInterceptors.interceptForward(health.getHealthService(), errors, callers));
        if (config.reflection()) {
            builder.addService(
                    ServerInterceptors.interceptForward(ProtoReflectionServiceV1.newInstance(), errors, callers));
        }
        builder.fallbackHandlerRegistry(new UnknownMethods());
        Server built = builder.build();
        meter.know(built.getServices());
        RpcServer server = new RpcServer(listen(built, config), health, names);
        server.report(ServingStatus.SERVING);
        return server;
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
        }
    }

    private static ServerServiceDefinition guarded(
            BindableService service,
            ErrorInterceptor errors,
            CallerInterceptor callers,
            FieldRulesInterceptor fieldRules) {
        ServerServiceDefinition checked = ServerInterceptors.interceptForward(service, fieldRules);
        // Parsed inside the outer two, so that bytes which are no message are refused like any other bad request.
        return ServerInterceptors.interceptForward(
                ServerInterceptors.useMarshalledMessages(checked, new UnparsedMessages()), errors, callers);
    }

    private static NettyServerBuilder limited(RpcConfig config) {
        return NettyServerBuilder.forAddress(new InetSocketAddress(config.host(), config.port()), credentials(config))
                .maxInboundMessageSize(config.maxMessageBytes())
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

    private static ServerCredentials credentials(RpcConfig config) {
        return config.tls().map(RpcServer::tls).orElseGet(InsecureServerCredentials::create);
    }

    private static ServerCredentials tls(RpcConfig.TlsFiles files) {
        try {
            return TlsServerCredentials.create(
                    files.certificate().toFile(), files.key().toFile());
        } catch (IOException e) {
            throw new UncheckedIOException("GRPC_TLS_CERT or GRPC_TLS_KEY can't be used: " + e.getMessage(), e);
        }
    }

    private static Server listen(Server server, RpcConfig config) {
        try {
            return server.start();
        } catch (IOException e) {
            String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new UncheckedIOException(
                    "GRPC_HOST, GRPC_PORT: can't listen on " + config.host() + ":" + config.port() + ": " + cause, e);
        }
    }

    /** Chooses the executor of a call by its service. */
    private record ByService(Set<String> pooled, Executor pool) implements ServerCallExecutorSupplier {
        @Override
        public <Q, A> @Nullable Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
            String service = call.getMethodDescriptor().getServiceName();
            return service != null && pooled.contains(service) ? pool : null;
        }
    }
}
