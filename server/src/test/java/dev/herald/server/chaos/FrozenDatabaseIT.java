package dev.herald.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Descriptors.Descriptor;
import dev.herald.server.caller.Role;
import dev.herald.server.rpc.Requests;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.RawCall.Answer;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** F10, by every method there is: with the database frozen each call ends in time, and each works again when it is thawed. */
class FrozenDatabaseIT {
    private static final Duration DEADLINE = Duration.ofSeconds(4);
    private static final Set<Status.Code> IN_TROUBLE = Set.of(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE);
    /** What the methods say that ask no database, and those whose cache answers. */
    private static final Set<Status.Code> WITHOUT_DATABASE =
            Set.of(Status.Code.OK, Status.Code.INVALID_ARGUMENT, Status.Code.FAILED_PRECONDITION);

    private final ChaosPostgres postgres = ChaosScene.sharedPostgres();
    private HeraldFixture herald;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        herald = HeraldFixture.on(postgres.url(postgres.newDatabase()), Map.of("DELIVERY", "off"));
        channel = herald.channel();
    }

    @AfterEach
    void stop() {
        postgres.restore();
        herald.close();
    }

    @Test
    void everyMethod_whileTheDatabaseIsFrozen_endsInItsDeadlineAndRecoversWithinTenSeconds() {
        Map<String, Status.Code> before = codes(callAll(CallOptions.DEFAULT));
        assertThat(before.values()).doesNotContainAnyElementsOf(IN_TROUBLE);
        postgres.freeze();
        long start = System.nanoTime();
        Map<String, CompletableFuture<Answer>> calls =
                callAll(CallOptions.DEFAULT.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
        Map<String, Status.Code> frozen = codes(calls);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE.plusSeconds(3));
        assertThat(frozen.get("herald.v1.NotificationService/GenerateForSession"))
                .isIn(IN_TROUBLE);
        assertThat(frozen)
                .allSatisfy((method, code) -> assertThat(IN_TROUBLE.contains(code)
                                || (WITHOUT_DATABASE.contains(code) && code == before.get(method)))
                        .as(method + " " + code)
                        .isTrue());
        postgres.thaw();
        await().atMost(Duration.ofSeconds(10))
                .until(() -> codes(callAll(CallOptions.DEFAULT)).equals(before));
    }

    /** Nobody sent a deadline, so it is the server's own. */
    @Test
    @Tag(Size.FULL_ONLY)
    void everyMethod_withoutDeadlineWhileTheDatabaseIsFrozen_endsAtTheServers() {
        codes(callAll(CallOptions.DEFAULT));
        postgres.freeze();
        long start = System.nanoTime();
        Map<String, Status.Code> frozen = codes(callAll(CallOptions.DEFAULT));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
        assertThat(frozen.get("herald.v1.NotificationService/GenerateForSession"))
                .isIn(IN_TROUBLE);
        postgres.thaw();
        await().atMost(Duration.ofSeconds(10))
                .until(() ->
                        codes(callAll(CallOptions.DEFAULT)).values().stream().noneMatch(IN_TROUBLE::contains));
    }

    private Map<String, CompletableFuture<Answer>> callAll(CallOptions options) {
        Map<String, CompletableFuture<Answer>> calls = new LinkedHashMap<>();
        herald.application().rpc().services().stream()
                .flatMap(service -> service.getMethods().stream())
                .map(ServerMethodDefinition::getMethodDescriptor)
                .filter(method -> method.getFullMethodName().startsWith("herald.v1."))
                .forEach(method -> calls.put(
                        method.getFullMethodName(),
                        RawCall.begin(
                                channel,
                                options,
                                method.getFullMethodName(),
                                RawCall.authorization("Bearer " + HeraldFixture.bearer(Role.ADMIN)),
                                List.of(request(method)))));
        return calls;
    }

    private static byte[] request(MethodDescriptor<?, ?> method) {
        Descriptor type = ((ProtoMethodDescriptorSupplier) method.getSchemaDescriptor())
                .getMethodDescriptor()
                .getInputType();
        return Requests.UNKNOWN_IDS.of(type).get(0).toByteArray();
    }

    private static Map<String, Status.Code> codes(Map<String, CompletableFuture<Answer>> calls) {
        Map<String, Status.Code> codes = new LinkedHashMap<>();
        calls.forEach((method, call) ->
                codes.put(method, call.orTimeout(60, TimeUnit.SECONDS).join().code()));
        return codes;
    }
}
