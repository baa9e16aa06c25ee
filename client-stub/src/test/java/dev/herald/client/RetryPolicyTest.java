package dev.herald.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.v1.ConsumeTokenRequest;
import dev.herald.v1.ConsumeTokenResponse;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.SessionDelivery;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
    private static final List<ServiceDescriptor> SERVICES = List.of(
            NotificationServiceGrpc.getServiceDescriptor(),
            TokenServiceGrpc.getServiceDescriptor(),
            DirectoryServiceGrpc.getServiceDescriptor(),
            SystemServiceGrpc.getServiceDescriptor());

    private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

    @Test
    void policy_everyMethodOfTheContract_isOnExactlyOneList() {
        List<MethodDescriptor<?, ?>> listed = Stream.concat(
                        RetryPolicy.REPEATABLE.stream(), RetryPolicy.SENT_ONCE.stream())
                .toList();

        assertThat(listed)
                .extracting(MethodDescriptor::getFullMethodName)
                .containsExactlyInAnyOrderElementsOf(
                        methods().map(MethodDescriptor::getFullMethodName).toList());
    }

    @Test
    void call_serverStaysUnavailable_isSentFourTimesWhenRepeatableElseOnce() throws IOException {
        try (FakeHerald herald = FakeHerald.running(unavailableServices());
                HeraldClient client = herald.client().build()) {
            unary().parallel()
                    .forEach(method -> assertThatThrownBy(() -> call(client, method))
                            .isInstanceOf(StatusRuntimeException.class)
                            .hasMessageContaining("UNAVAILABLE"));
        }

        unary().forEach(method -> assertThat(calls.get(method.getFullMethodName()))
                .as(method.getFullMethodName())
                .hasValue(RetryPolicy.REPEATABLE.contains(method) ? 4 : 1));
    }

    @Test
    void getSessionDelivery_serverComesBack_answers() throws IOException {
        AtomicInteger attempts = new AtomicInteger();
        var service = new NotificationServiceGrpc.NotificationServiceImplBase() {
            @Override
            public void getSessionDelivery(
                    dev.herald.v1.GetSessionDeliveryRequest request, StreamObserver<SessionDelivery> answer) {
                if (attempts.incrementAndGet() < 3) {
                    answer.onError(Status.UNAVAILABLE.asRuntimeException());
                } else {
                    answer.onNext(SessionDelivery.newBuilder().setTotal(7).build());
                    answer.onCompleted();
                }
            }
        };

        try (FakeHerald herald = FakeHerald.running(service);
                HeraldClient client = herald.client().build()) {
            assertThat(client.notifications().sessionDelivery(42).getTotal()).isEqualTo(7);
        }
        assertThat(attempts).hasValue(3);
    }

    @Test
    void consume_isRepeated_underTheSameRandomRequestId() throws IOException {
        Queue<String> ids = new ConcurrentLinkedQueue<>();
        var service = new TokenServiceGrpc.TokenServiceImplBase() {
            @Override
            public void consumeToken(ConsumeTokenRequest request, StreamObserver<ConsumeTokenResponse> answer) {
                ids.add(request.getRequestId());
                answer.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        };

        try (FakeHerald herald = FakeHerald.running(service);
                HeraldClient client = herald.client().build()) {
            assertThatThrownBy(() -> client.tokens().consume("token", "")).isInstanceOf(ServiceCallException.class);
        }
        assertThat(ids).hasSize(4).doesNotContain("").containsOnly(ids.peek());
    }

    @Test
    void retryFailed_withoutRequestId_getsARandomOneAndKeepsTheCallersOwn() throws IOException {
        Queue<String> ids = new ConcurrentLinkedQueue<>();
        var service = new NotificationServiceGrpc.NotificationServiceImplBase() {
            @Override
            public void retryFailedNotifications(
                    RetryFailedNotificationsRequest request, StreamObserver<RetryFailedNotificationsResponse> answer) {
                ids.add(request.getRequestId());
                answer.onNext(RetryFailedNotificationsResponse.getDefaultInstance());
                answer.onCompleted();
            }
        };

        try (FakeHerald herald = FakeHerald.running(service);
                HeraldClient client = herald.client().build()) {
            client.notifications().retryFailed(List.of(1L));
            client.notifications()
                    .retryFailed(RetryFailedNotificationsRequest.newBuilder()
                            .setRequestId("mine")
                            .build());
        }
        assertThat(ids).hasSize(2).endsWith("mine").doesNotContain("").doesNotHaveDuplicates();
    }

    private static Stream<MethodDescriptor<?, ?>> methods() {
        return SERVICES.stream().flatMap(service -> service.getMethods().stream());
    }

    private static Stream<MethodDescriptor<?, ?>> unary() {
        return methods().filter(method -> method.getType() == MethodType.UNARY);
    }

    private List<ServerServiceDefinition> unavailableServices() {
        return SERVICES.stream().map(this::unavailable).toList();
    }

    private ServerServiceDefinition unavailable(ServiceDescriptor service) {
        ServerServiceDefinition.Builder builder = ServerServiceDefinition.builder(service);
        service.getMethods().forEach(method -> add(builder, method));
        return builder.build();
    }

    private <Q, A> void add(ServerServiceDefinition.Builder builder, MethodDescriptor<Q, A> method) {
        builder.addMethod(method, ServerCalls.asyncUnaryCall((request, answer) -> {
            calls.computeIfAbsent(method.getFullMethodName(), name -> new AtomicInteger())
                    .incrementAndGet();
            answer.onError(Status.UNAVAILABLE.asRuntimeException());
        }));
    }

    private static <Q, A> A call(HeraldClient client, MethodDescriptor<Q, A> method) {
        Q empty = method.parseRequest(new ByteArrayInputStream(new byte[0]));
        return ClientCalls.blockingUnaryCall(client.channel(), method, CallOptions.DEFAULT, empty);
    }
}
