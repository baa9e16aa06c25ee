package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every method the server serves, by every kind of caller, against a table written by hand. */
class RoleMatrixTest {
    private static final String ANYBODY = "anybody";
    private static final Map<String, String> EXPECTED = expected();

    private static HeraldFixture herald;
    private static ManagedChannel channel;

    @BeforeAll
    static void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        channel = herald.channel();
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    @Test
    void methodsServed_areThoseOfTheTable() {
        assertThat(served()).containsExactlyInAnyOrderElementsOf(EXPECTED.keySet());
    }

    @TestFactory
    Stream<DynamicTest> servedMethod_eachRole_isLetInAsTheTableSays() {
        return served().flatMap(method -> Arrays.stream(Role.values())
                .map(role -> DynamicTest.dynamicTest(
                        method + " as " + role.word(),
                        () -> assertThat(call(method, "Bearer " + HeraldFixture.bearer(role)))
                                .isEqualTo(
                                        mayCall(method, role.word()) ? Outcome.LET_IN : Outcome.PERMISSION_DENIED))));
    }

    @TestFactory
    Stream<DynamicTest> servedMethod_noCredentialsOrGarbage_isLetInOnlyWhereAnybodyIs() {
        return served().map(method -> DynamicTest.dynamicTest(method + " by a stranger", () -> {
            Outcome outcome = ANYBODY.equals(EXPECTED.get(method)) ? Outcome.LET_IN : Outcome.UNAUTHENTICATED;
            assertThat(call(method)).isEqualTo(outcome);
            assertThat(call(method, "Bearer garbage")).isEqualTo(outcome);
            assertThat(call(method, "Bearer a.b.c")).isEqualTo(outcome);
        }));
    }

    private enum Outcome {
        LET_IN,
        UNAUTHENTICATED,
        PERMISSION_DENIED,
        NEITHER
    }

    private static boolean mayCall(String method, String role) {
        String roles = EXPECTED.getOrDefault(method, "nobody: the table does not name it");
        return roles.equals(ANYBODY) || Set.of(roles.split(" ")).contains(role);
    }

    private static Outcome call(String method, String... authorization) {
        Metadata headers = RawCall.authorization(authorization);
        Status.Code code = RawCall.toItsFirstAnswer(channel, method, headers, List.of(new byte[0]))
                .code();
        return switch (code) {
            case UNAUTHENTICATED -> Outcome.UNAUTHENTICATED;
            case PERMISSION_DENIED -> Outcome.PERMISSION_DENIED;
            case OK, INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION -> Outcome.LET_IN;
            default -> Outcome.NEITHER;
        };
    }

    private static Stream<String> served() {
        return herald.application().rpc().services().stream()
                .flatMap(service -> service.getMethods().stream())
                .map(method -> method.getMethodDescriptor().getFullMethodName());
    }

    private static Map<String, String> expected() {
        String table = """
                grpc.health.v1.Health/Check                                        | anybody
                grpc.health.v1.Health/Watch                                        | anybody
                grpc.reflection.v1.ServerReflection/ServerReflectionInfo           | session attendance reader admin
                grpc.channelz.v1.Channelz/GetTopChannels                           | admin
                grpc.channelz.v1.Channelz/GetServers                               | admin
                grpc.channelz.v1.Channelz/GetServer                                | admin
                grpc.channelz.v1.Channelz/GetServerSockets                         | admin
                grpc.channelz.v1.Channelz/GetChannel                               | admin
                grpc.channelz.v1.Channelz/GetSubchannel                            | admin
                grpc.channelz.v1.Channelz/GetSocket                                | admin
                herald.v1.NotificationService/GenerateForSession                   | session admin
                herald.v1.NotificationService/CancelForSession                     | session admin
                herald.v1.NotificationService/GetSessionDelivery                   | session reader admin
                herald.v1.NotificationService/WatchSessionDelivery                 | session reader admin
                herald.v1.NotificationService/GetNotification                      | reader admin
                herald.v1.NotificationService/ListNotifications                    | reader admin
                herald.v1.NotificationService/RetryFailedNotifications             | admin
                herald.v1.NotificationService/PreviewNotification                  | admin
                herald.v1.TokenService/GenerateToken                               | attendance admin
                herald.v1.TokenService/ValidateToken                               | attendance admin
                herald.v1.TokenService/ValidateTokens                              | attendance admin
                herald.v1.TokenService/DecodeToken                                 | attendance admin
                herald.v1.TokenService/ConsumeToken                                | attendance admin
                herald.v1.TokenService/RevokeTokens                                | attendance admin
                herald.v1.DirectoryService/UpsertCourses                           | session admin
                herald.v1.DirectoryService/UpsertUsers                             | session admin
                herald.v1.DirectoryService/UpsertStudents                          | session admin
                herald.v1.DirectoryService/UpsertSessions                          | session admin
                herald.v1.DirectoryService/Import                                  | session admin
                herald.v1.DirectoryService/DeleteSession                           | admin
                herald.v1.DirectoryService/DeleteStudent                           | admin
                herald.v1.DirectoryService/EraseUser                               | admin
                herald.v1.SystemService/PauseDelivery                              | admin
                herald.v1.SystemService/ResumeDelivery                             | admin
                herald.v1.SystemService/GetSystemStatus                            | reader admin
                herald.v1.SystemService/CheckConfiguration                         | admin
                herald.v1.SystemService/SendTestEmail                              | admin
                herald.v1.SystemService/ListAuditEntries                           | admin
                """;
        return table.lines()
                .map(line -> line.split("\\|"))
                .collect(Collectors.toMap(
                        cells -> cells[0].strip(), cells -> cells[1].strip(), (one, other) -> one, TreeMap::new));
    }
}
