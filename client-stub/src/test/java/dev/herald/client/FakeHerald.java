package dev.herald.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** A real gRPC server on loopback that runs the test's own services and remembers the headers of each call. */
final class FakeHerald implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private final Queue<List<String>> authorizations = new ConcurrentLinkedQueue<>();
    private final Server server;

    private FakeHerald(ServerCredentials credentials, Collection<ServerServiceDefinition> services) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
                .intercept(new Recorder());
        services.forEach(builder::addService);
        server = builder.build().start();
    }

    static FakeHerald running(BindableService... services) throws IOException {
        return running(InsecureServerCredentials.create(), services);
    }

    static FakeHerald running(ServerCredentials credentials, BindableService... services) throws IOException {
        return new FakeHerald(
                credentials,
                Stream.of(services).map(BindableService::bindService).toList());
    }

    static FakeHerald running(Collection<ServerServiceDefinition> services) throws IOException {
        return new FakeHerald(InsecureServerCredentials.create(), services);
    }

    /** An error status as Herald sends it. */
    static StatusRuntimeException error(Status.Code code, String reason, String text, Message... details) {
        ErrorInfo info = ErrorInfo.newBuilder()
                .setDomain("herald.dev")
                .setReason(reason)
                .putMetadata("session_id", "42")
                .build();
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(text)
                .addDetails(Any.pack(info))
                .addAllDetails(Stream.of(details).map(Any::pack).toList())
                .build());
    }

    String target() {
        return "127.0.0.1:" + server.getPort();
    }

    HeraldClientBuilder client() {
        return HeraldClient.builder(target()).plaintext();
    }

    /** Each call's authorization headers, in the order of the calls. */
    List<List<String>> authorizations() {
        return List.copyOf(authorizations);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Recorder implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            Iterable<String> all = headers.getAll(AUTHORIZATION);
            authorizations.add(
                    all == null
                            ? List.of()
                            : StreamSupport.stream(all.spliterator(), false).toList());
            return next.startCall(call, headers);
        }
    }
}
