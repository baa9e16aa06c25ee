package dev.herald.server.system;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.util.Timestamps;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.DeliveryExecutor;
import dev.herald.v1.DeliveryPriority;
import dev.herald.v1.GetSystemStatusRequest;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.QueueDepth;
import dev.herald.v1.RelayState;
import dev.herald.v1.RelayStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SystemStatusTest {
    @Test
    void status_serverWithNothingToDo_tellsOfItselfAndTheSchema() {
        try (HeraldFixture herald = HeraldFixture.start()) {
            await().until(() -> status(herald).getExecutorsCount() == 1);
            GetSystemStatusResponse status = status(herald);
            assertThat(status.getSchemaVersion())
                    .isEqualTo(status.getSchemaExpected())
                    .matches("\\d+");
            assertThat(Timestamps.toMillis(status.getAsOf()))
                    .isCloseTo(Instant.now().toEpochMilli(), within(60_000L));
            assertThat(status.getQueuesList()).isEmpty();
            assertThat(status.getPausesList()).isEmpty();
            DeliveryExecutor executor = status.getExecutors(0);
            assertThat(executor.getName())
                    .contains("/" + ProcessHandle.current().pid() + "/");
            assertThat(executor.getVersion()).isEqualTo(status.getVersion()).isNotEmpty();
            assertThat(executor.getRelaysList())
                    .containsExactly(RelayStatus.newBuilder()
                            .setRelay("127.0.0.1:" + herald.relay().port())
                            .setState(RelayState.RELAY_STATE_WORKING)
                            .build());
        }
    }

    @Test
    void status_queue_isToldByKindAndPriority() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            herald.update("INSERT INTO outbox (kind, ref_id, priority, rank, due_at, parked, lease_owner, lease_until)"
                    + " SELECT 'attendance_session', n, 1, n,"
                    + "   CASE WHEN n <= 3 THEN now() - n * interval '1 minute' WHEN n <= 5 THEN now() + interval '1 hour'"
                    + "        ELSE now() END,"
                    + "   n > 12, CASE WHEN n BETWEEN 6 AND 12 THEN 'somebody' END,"
                    + "   CASE WHEN n BETWEEN 6 AND 11 THEN now() + interval '1 minute'"
                    + "        WHEN n = 12 THEN now() - interval '1 second' END"
                    + " FROM generate_series(1, 20) AS n");
            herald.update(
                    "INSERT INTO outbox (kind, ref_id, priority, rank) VALUES ('other', 1, 0, 1), ('other', 2, 2, 1)");
            Instant until = herald.clock().instant().plus(Duration.ofHours(1));
            herald.system(Role.ADMIN)
                    .pauseDelivery(PauseDeliveryRequest.newBuilder()
                            .setUntil(HeraldFixture.timestamp(until))
                            .build());
            GetSystemStatusResponse status = status(herald);
            QueueDepth attendance = status.getQueues(0);
            assertThat(attendance.toBuilder().clearOldestDueAt().build())
                    .isEqualTo(QueueDepth.newBuilder()
                            .setKind("attendance_session")
                            .setPriority(DeliveryPriority.DELIVERY_PRIORITY_NORMAL)
                            .setDue(4)
                            .setWaiting(2)
                            .setInHand(6)
                            .setFailed(8)
                            .build());
            assertThat(Timestamps.between(attendance.getOldestDueAt(), status.getAsOf())
                            .getSeconds())
                    .isBetween(179L, 240L);
            assertThat(status.getQueuesList().subList(1, 3))
                    .extracting(QueueDepth::getPriority)
                    .containsExactly(DeliveryPriority.DELIVERY_PRIORITY_HIGH, DeliveryPriority.DELIVERY_PRIORITY_LOW);
            assertThat(status.getPausesList())
                    .singleElement()
                    .satisfies(pause -> assertThat(pause.getScope()).isEmpty());
            assertThat(status.getExecutorsList())
                    .as("this process delivers nothing")
                    .isEmpty();
        }
    }

    @Test
    void status_severalProcesses_areEachToldUntilTheyStop() {
        try (HeraldFixture one = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            HeraldFixture two = one.another(Map.of());
            try (HeraldFixture three = one.another(Map.of())) {
                await().until(() -> status(one).getExecutorsCount() == 2);
                assertThat(status(three).getExecutorsList())
                        .isSortedAccordingTo((a, b) -> Timestamps.compare(a.getStartedAt(), b.getStartedAt()));
                two.close();
                assertThat(status(one).getExecutorsCount()).isEqualTo(1);
            }
            assertThat(one.number("SELECT count(*) FROM delivery_executors")).isZero();
        }
    }

    @Test
    void status_processesThatWereKilled_areLeftOutAndForgottenAfterADay() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            herald.update("INSERT INTO delivery_executors (owner, version, seen_at, in_hand, sent_last_minute,"
                    + " failed_last_minute, relays)"
                    + " SELECT 'killed ' || age, '1', now() - age * interval '1 second', 0, 0, 0, '[]'"
                    + " FROM unnest(ARRAY[5, 60, 90000]) AS killed (age)");
            assertThat(status(herald).getExecutorsList())
                    .extracting(DeliveryExecutor::getName)
                    .containsExactly("killed 5");
            try (HeraldFixture delivering = herald.another(Map.of())) {
                await().until(() -> status(delivering).getExecutorsCount() == 2);
                assertThat(herald.number("SELECT count(*) FROM delivery_executors WHERE owner LIKE 'killed%'"))
                        .isEqualTo(2);
            }
        }
    }

    @Test
    void status_relayInTroubleAndBack_isToldWithWhatItSaid() {
        try (HeraldFixture herald = HeraldFixture.start()) {
            herald.relay().reply(Stage.CONNECT, "421 4.3.2 <student1@campus.example> closing for lunch");
            herald.loadCampus(3);
            herald.admin().notifications().generateForSession(SESSION_ID);
            await().until(() -> relay(herald).getState() == RelayState.RELAY_STATE_IN_TROUBLE);
            assertThat(relay(herald).getTrouble())
                    .startsWith("421 ")
                    .contains("closing for lunch")
                    .doesNotContain("@");
            assertThat(relay(herald).hasSince()).isTrue();
            herald.relay().usual(Stage.CONNECT);
            herald.awaitDelivery(SESSION_ID);
            await().until(() -> relay(herald).getState() == RelayState.RELAY_STATE_WORKING);
            assertThat(relay(herald).getTrouble()).isEmpty();
            assertThat(status(herald).getSentLastMinute()).isEqualTo(3);
        }
    }

    private static RelayStatus relay(HeraldFixture herald) {
        return status(herald).getExecutors(0).getRelays(0);
    }

    static GetSystemStatusResponse status(HeraldFixture herald) {
        return herald.system(Role.READER).getSystemStatus(GetSystemStatusRequest.getDefaultInstance());
    }
}
