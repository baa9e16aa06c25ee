package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Descriptors.Descriptor;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import dev.herald.v1.DirectoryServiceGrpc;
import dev.herald.v1.NotificationServiceGrpc;
import dev.herald.v1.SystemServiceGrpc;
import dev.herald.v1.TokenServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes, to any method, over the wire: the answer is one that was promised. */
class RequestFuzzTest {
    private static final Map<String, Descriptor> METHODS = Stream.of(
                    DirectoryServiceGrpc.getServiceDescriptor(),
                    NotificationServiceGrpc.getServiceDescriptor(),
                    SystemServiceGrpc.getServiceDescriptor(),
                    TokenServiceGrpc.getServiceDescriptor())
            .map(ServiceDescriptor::getMethods)
            .flatMap(methods -> methods.stream())
            .collect(Collectors.toMap(
                    MethodDescriptor::getFullMethodName, RequestFuzzTest::request, (one, other) -> one, TreeMap::new));

    /**
     * Started by the first call, behind Jazzer's agent: records that are loaded before it lose their fields when it rewrites
     * them, where they have annotated types.
     */
    private static final class Running {
        static final HeraldFixture HERALD = HeraldFixture.start(Map.of("DELIVERY", "off"));
        static final ManagedChannel CHANNEL = HERALD.channel();

        static {
            assertThat(HERALD.application().rpc().services().stream()
                            .flatMap(service -> service.getMethods().stream())
                            .map(method -> method.getMethodDescriptor().getFullMethodName())
                            .filter(name -> name.startsWith("herald.v1.")))
                    .containsExactlyInAnyOrderElementsOf(METHODS.keySet());
        }
    }

    @AfterAll
    static void stop() {
        Running.HERALD.close();
    }

    /** A line with the method's name, and behind it the message. Any other line names a method too: some. */
    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void call(byte[] input) {
        BugDetectors.allowNetworkConnections();
        int end = 0;
        while (end < input.length && input[end] != '\n') {
            end++;
        }
        String method = method(new String(input, 0, end, StandardCharsets.UTF_8));
        byte[] message = Arrays.copyOfRange(input, Math.min(end + 1, input.length), input.length);
        Answer answer = RawCall.toItsEnd(
                Running.CHANNEL,
                method,
                RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN)),
                List.of(message));
        if (!isAskedToCalmDown(answer)) {
            EveryMethodTest.assertPromised(answer, method + " " + Arrays.toString(message));
        }
    }

    /** Thousands of bad calls a second over one connection are too many, which the transport says without our help. */
    private static boolean isAskedToCalmDown(Answer answer) {
        return String.valueOf(answer.status().getDescription()).contains("ENHANCE_YOUR_CALM");
    }

    static Stream<Arguments> call() {
        return METHODS.entrySet().stream()
                .flatMap(method -> Stream.of(Requests.UNKNOWN_IDS, Requests.CONTROLS, Requests.LARGEST_TIMES)
                        .map(kind -> Arguments.of((Object) input(
                                method.getKey(),
                                kind.of(method.getValue()).get(0).toByteArray()))));
    }

    private static byte[] input(String method, byte[] message) {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.writeBytes((method + "\n").getBytes(StandardCharsets.UTF_8));
        input.writeBytes(message);
        return input.toByteArray();
    }

    private static String method(String line) {
        List<String> names = List.copyOf(METHODS.keySet());
        return METHODS.containsKey(line) ? line : names.get(Math.floorMod(line.hashCode(), names.size()));
    }

    private static Descriptor request(MethodDescriptor<?, ?> method) {
        return ((ProtoMethodDescriptorSupplier) method.getSchemaDescriptor())
                .getMethodDescriptor()
                .getInputType();
    }
}
