package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.TokenServiceGrpc;
import dev.herald.v1.ValidateTokenRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/** Every method of every service, by the contract's own descriptors: whatever is sent, the answer is one that was promised. */
class EveryMethodTest {
    private static final Set<Status.Code> PROMISED = Set.of(
            Status.Code.OK,
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.ABORTED,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.UNIMPLEMENTED);
    private static final Set<Status.Code> COME_AGAIN = Set.of(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNAVAILABLE);
    private static final Set<String> REASONS = Arrays.stream(ErrorReason.values())
            .filter(reason -> reason != ErrorReason.UNRECOGNIZED)
            .map(reason -> reason.name().substring("ERROR_REASON_".length()))
            .collect(Collectors.toSet());
    private static final byte[][] NO_MESSAGES = {
        {(byte) 0xff},
        {0x0a},
        {0x0a, 0x7f, 'x'},
        {0x0c},
        {0x0b, 0x0b, 0x0b},
        {0x07},
        "not a message at all".getBytes(StandardCharsets.UTF_8),
        {0x08, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}
    };

    private static final ListAppender<ILoggingEvent> faults = new ListAppender<>();
    private static HeraldFixture herald;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() {
        faults.start();
        statuses().addAppender(faults);
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        channel = herald.channel();
    }

    @AfterAll
    static void stop() {
        herald.close();
        statuses().detachAppender(faults);
        assertThat(faults.list).as("faults logged by the server").isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> anyMethod_anyRequest_isAnsweredAsPromised() {
        return methods()
                .flatMap(method -> Arrays.stream(Requests.values())
                        .map(kind -> DynamicTest.dynamicTest(
                                method.name + " with " + kind,
                                () -> kind.of(method.request)
                                        .forEach(request ->
                                                assertPromised(call(method.name, request.toByteArray()), request)))));
    }

    @TestFactory
    Stream<DynamicTest> anyMethod_bytesThatAreNoMessage_areRefusedAsInvalid() {
        return methods()
                .map(method -> DynamicTest.dynamicTest(method.name, () -> {
                    for (byte[] bytes : NO_MESSAGES) {
                        Answer answer = call(method.name, bytes);
                        assertPromised(answer, Arrays.toString(bytes));
                        assertThat(answer.code()).as(Arrays.toString(bytes)).isEqualTo(Status.Code.INVALID_ARGUMENT);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> anyMethod_noMessageOrTwo_isAnsweredAsPromised() {
        return methods()
                .map(method -> DynamicTest.dynamicTest(method.name, () -> {
                    byte[] request =
                            Requests.UNKNOWN_IDS.of(method.request).get(0).toByteArray();
                    assertPromised(RawCall.toItsEnd(channel, method.name, admin(), List.of()), "no message");
                    assertPromised(
                            RawCall.toItsEnd(channel, method.name, admin(), List.of(request, request)), "two messages");
                }));
    }

    @Test
    void methods_walked_areAllOfTheContract() {
        assertThat(methods()).hasSizeGreaterThanOrEqualTo(22);
    }

    @Test
    void unknownMethod_anyCaller_isUnimplementedWithErrorInfo() {
        for (String name : List.of("herald.v1.TokenService/Foo", "herald.v1.FooService/Bar", "x/y")) {
            Answer answer = call(name, new byte[0]);
            assertThat(answer.code()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(answer.reason()).isEqualTo("METHOD_NOT_FOUND");
            assertThat(answer.errorInfo().orElseThrow().getMetadataMap()).containsEntry("method", name);
        }
    }

    @Test
    void healthCheck_unknownService_isNotFoundWithErrorInfo() {
        Answer answer = RawCall.toItsEnd(
                channel,
                "grpc.health.v1.Health/Check",
                new Metadata(),
                List.of(HealthCheckRequest.newBuilder()
                        .setService("none")
                        .build()
                        .toByteArray()));
        assertThat(answer.code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(answer.reason()).isEqualTo("SERVICE_NOT_FOUND");
    }

    @Test
    void validateToken_textThatIsNoUtf8_isRefusedAsMalformed() {
        Answer answer = call("herald.v1.TokenService/ValidateToken", new byte[] {0x0a, 0x02, (byte) 0xc3, 0x28});
        assertThat(answer.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(answer.reason()).isEqualTo("MALFORMED_REQUEST");
    }

    @Test
    void anyMethod_messageLargerThanAllowed_isResourceExhausted() {
        byte[] large = ValidateTokenRequest.newBuilder()
                .setToken("x".repeat(20_000_000))
                .build()
                .toByteArray();
        String method = TokenServiceGrpc.getValidateTokenMethod().getFullMethodName();
        Answer plain = RawCall.toItsEnd(channel, method, admin(), List.of(large));
        Answer packed = RawCall.packed(channel, method, admin(), List.of(large));
        // Refused by the framework before any code of ours: without details.
        assertThat(plain.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(packed.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertPromised(packed, "20 MB as 20 KB");
    }

    @Test
    void validateToken_nulInTheToken_isAnAnswerAsForAnyOtherToken() {
        Answer answer = call(
                TokenServiceGrpc.getValidateTokenMethod().getFullMethodName(),
                ValidateTokenRequest.newBuilder().setToken("a.b\0.c").build().toByteArray());
        assertThat(answer.code()).isEqualTo(Status.Code.OK);
    }

    private static Logger statuses() {
        return (Logger) LoggerFactory.getLogger(Statuses.class);
    }

    private record Method(String name, Descriptor request) {}

    private static Stream<Method> methods() {
        return herald.application().rpc().services().stream()
                .flatMap(service -> service.getMethods().stream())
                .map(method -> method.getMethodDescriptor())
                .filter(method -> method.getFullMethodName().startsWith("herald.v1."))
                .map(method -> new Method(
                        method.getFullMethodName(),
                        ((ProtoMethodDescriptorSupplier) method.getSchemaDescriptor())
                                .getMethodDescriptor()
                                .getInputType()));
    }

    private static Metadata admin() {
        return RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN));
    }

    private static Answer call(String method, byte[] request) {
        return RawCall.toItsEnd(channel, method, admin(), List.of(request));
    }

    static void assertPromised(Answer answer, Object request) {
        String said = answer.status() + " to " + cut(request);
        assertThat(PROMISED).as(said).contains(answer.code());
        if (answer.code() == Status.Code.OK) {
            return;
        }
        assertThat(answer.errorInfo()).as(said).hasValueSatisfying(info -> {
            assertThat(info.getDomain()).isEqualTo("herald.dev");
            assertThat(REASONS).contains(info.getReason());
        });
        if (answer.reason().equals("INVALID_FIELD")) {
            assertThat(answer.badRequest())
                    .as(said)
                    .hasValueSatisfying(bad -> assertThat(bad.getFieldViolationsList())
                            .isNotEmpty()
                            .allMatch(violation -> !violation.getReason().isEmpty()));
        }
        if (COME_AGAIN.contains(answer.code())) {
            assertThat(answer.retryInfo()).as(said).isPresent();
        }
    }

    private static String cut(Object request) {
        String text = request instanceof DynamicMessage message ? message.toString() : String.valueOf(request);
        return text.substring(0, Math.min(text.length(), 500));
    }
}
