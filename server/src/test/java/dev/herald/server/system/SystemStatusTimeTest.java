package dev.herald.server.system;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.GetSystemStatusRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How long a look takes, whatever goes on. */
@Tag("measured")
class SystemStatusTimeTest {
    private static final long LIMIT_MILLIS = 200;

    @Test
    void status_whileTheRelayHangs_comesAtOnce() {
        try (HeraldFixture herald = HeraldFixture.start()) {
            herald.relay().reply(Stage.DOT, ScriptedSmtpServer.HANG);
            herald.loadCampus(100);
            herald.admin().notifications().generateForSession(SESSION_ID);
            await().until(() -> herald.relay().openConnections() == 8);
            assertThat(median(herald, 10)).isLessThan(LIMIT_MILLIS);
            assertThat(SystemStatusTest.status(herald).getQueues(0).getInHand()).isEqualTo(100);
            herald.relay().usual(Stage.DOT).dropConnections();
        }
    }

    @Test
    void status_hundredThousandQueued_comesAtOnce() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            herald.update("INSERT INTO outbox (kind, ref_id, priority, rank, parked)"
                    + " SELECT 'attendance_session', n, 1, n, n % 4 = 0 FROM generate_series(1, 100000) AS n");
            assertThat(median(herald, 10)).isLessThan(LIMIT_MILLIS);
            assertThat(SystemStatusTest.status(herald).getQueues(0).getDue()).isEqualTo(75_000);
        }
    }

    /** The median of so many, in milliseconds: the machine may be slow, not wrong. */
    private static long median(HeraldFixture herald, int times) {
        var stub = herald.system(Role.READER);
        List<Long> durations = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            assertThat(stub.getSystemStatus(GetSystemStatusRequest.getDefaultInstance())
                            .hasAsOf())
                    .isTrue();
            durations.add(Duration.ofNanos(System.nanoTime() - start).toMillis());
        }
        durations.sort(null);
        return durations.get(times / 2);
    }
}
