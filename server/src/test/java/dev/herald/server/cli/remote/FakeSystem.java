package dev.herald.server.cli.remote;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.CheckConfigurationRequest;
import dev.herald.v1.CheckConfigurationResponse;
import dev.herald.v1.GetSystemStatusRequest;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListAuditEntriesResponse;
import dev.herald.v1.SendTestEmailRequest;
import dev.herald.v1.SendTestEmailResponse;
import dev.herald.v1.SystemServiceGrpc.SystemServiceImplBase;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A server on loopback that answers what a test put into it, for states that a real one is seldom in. */
final class FakeSystem extends SystemServiceImplBase implements AutoCloseable {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    final Queue<Message> asked = new ConcurrentLinkedQueue<>();
    final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
    volatile GetSystemStatusResponse status = GetSystemStatusResponse.getDefaultInstance();
    volatile CheckConfigurationResponse checks = CheckConfigurationResponse.getDefaultInstance();
    volatile SendTestEmailResponse sent = SendTestEmailResponse.getDefaultInstance();
    volatile Status.Code refusal = Status.Code.OK;
    volatile String reason = "";
    volatile boolean silent;
    private final Server server;

    private FakeSystem(ServerCredentials credentials, BindableService... others) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials)
                .addService(this)
                .intercept(new Recorder());
        List.of(others).forEach(builder::addService);
        server = builder.build().start();
    }

    /** One with further services. */
    static FakeSystem start(BindableService... others) throws IOException {
        return new FakeSystem(InsecureServerCredentials.create(), others);
    }

    static FakeSystem start(ServerCredentials credentials) throws IOException {
        return new FakeSystem(credentials);
    }

    int port() {
        return server.getPort();
    }

    /** Refuses every further call. */
    void refuse(Status.Code code, String why) {
        refusal = code;
        reason = why;
    }

    @Override
    public void getSystemStatus(GetSystemStatusRequest request, StreamObserver<GetSystemStatusResponse> observer) {
        answer(request, status, observer);
    }

    @Override
    public void checkConfiguration(
            CheckConfigurationRequest request, StreamObserver<CheckConfigurationResponse> observer) {
        answer(request, checks, observer);
    }

    @Override
    public void sendTestEmail(SendTestEmailRequest request, StreamObserver<SendTestEmailResponse> observer) {
        answer(request, sent, observer);
    }

    /** 1,500 entries, the newest numbered 1,500. */
    @Override
    public void listAuditEntries(ListAuditEntriesRequest request, StreamObserver<ListAuditEntriesResponse> observer) {
        long next = request.getPageToken().isEmpty() ? 1_500 : Long.parseLong(request.getPageToken());
        ListAuditEntriesResponse.Builder page = ListAuditEntriesResponse.newBuilder();
        for (; next > 0 && page.getEntriesCount() < request.getPageSize(); next--) {
            page.addEntries(AuditEntry.newBuilder()
                    .setAuditId(next)
                    .setActor("asha")
                    .setAction("CancelForSession")
                    .setTarget("session/" + next)
                    .setAfter("{\"cancelled\": 3}"));
        }
        answer(
                request,
                page.setNextPageToken(next > 0 ? Long.toString(next) : "").build(),
                observer);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private <A> void answer(Message request, A answer, StreamObserver<A> observer) {
        asked.add(request);
        if (silent) {
            return;
        }
        if (refusal != Status.Code.OK) {
            ErrorInfo info = ErrorInfo.newBuilder()
                    .setDomain("herald.dev")
                    .setReason(reason)
                    .build();
            observer.onError(StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                    .setCode(refusal.value())
                    .setMessage("refused by the test")
                    .addDetails(Any.pack(info))
                    .build()));
            return;
        }
        observer.onNext(answer);
        observer.onCompleted();
    }

    private final class Recorder implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            String authorization = headers.get(AUTHORIZATION);
            authorizations.add(authorization == null ? "" : authorization);
            return next.startCall(call, headers);
        }
    }
}
