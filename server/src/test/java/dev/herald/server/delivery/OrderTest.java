package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.testing.ScriptedSmtpServer.Received;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What leaves before what, at a relay that can't keep up. */
@Tag("measured")
class OrderTest {
    private final DeliveryScene scene = new DeliveryScene();

    @AfterEach
    void close() {
        scene.close();
    }

    @Test
    void highMail_behindFiftyThousandLowOnes_leavesWithinTwoSeconds() {
        scene.slow(Duration.ofMillis(40));
        scene.enqueue(1, 50_000, Priority.LOW);
        scene.start(8, OrderConfig.USUAL);
        await().until(() -> scene.relay.accepted() > 200);
        long start = System.nanoTime();
        scene.enqueue(60_000, 60_000, Priority.HIGH);
        await().until(() -> scene.arrived(number -> number == 60_000) == 1);
        assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void lowMail_relaySaturatedByHigherOnes_getsATenthOfTheSends() {
        scene.slow(Duration.ofMillis(10));
        scene.enqueue(1, 5_000, Priority.HIGH);
        scene.enqueue(10_001, 15_000, Priority.LOW);
        scene.start(8, OrderConfig.USUAL);
        await().until(() -> scene.relay.accepted() >= 2_000);
        long low = scene.relay.mails().stream()
                .limit(2_000)
                .filter(mail -> DeliveryScene.number(mail) > 10_000)
                .count();
        assertThat(low).isBetween(180L, 300L);
    }

    @Test
    void smallSession_behindALargeOne_isDelayedByLessThanFiveSeconds() {
        scene.slow(Duration.ofMillis(150));
        scene.enqueue(1, 5_000, Priority.NORMAL);
        scene.start(8, OrderConfig.USUAL);
        await().until(() -> scene.relay.accepted() > 250);
        assertSmallSessionLeavesWithinFiveSeconds();
    }

    @Test
    void smallSession_behindABulkRetry_isDelayedByLessThanFiveSeconds() {
        scene.slow(Duration.ofMillis(100));
        scene.enqueue(1, 5_000, Priority.NORMAL);
        scene.update("UPDATE outbox SET parked = true, attempts = 4");
        scene.database.transactions().writeSql(connection -> {
            for (int page = 0; page < 5; page++) {
                new Outbox()
                        .requeue(
                                connection,
                                FakeMailKind.KIND,
                                java.util.stream.LongStream.rangeClosed(page * 1_000L + 1, page * 1_000L + 1_000)
                                        .toArray(),
                                page * 1_000);
            }
            return 5;
        });
        assertThat(scene.number("SELECT count(DISTINCT rank) FROM outbox")).isEqualTo(5_000);
        scene.start(8, OrderConfig.USUAL);
        await().until(() -> scene.relay.accepted() > 100);
        assertSmallSessionLeavesWithinFiveSeconds();
    }

    /** Not only while the large one is new: whenever it comes. */
    @Test
    void smallSession_afterAMinuteOfALargeOne_isStillBeforeItsRest() {
        scene.enqueue(1, 5_000, Priority.NORMAL);
        scene.update("UPDATE outbox SET rank = rank - 60000000");
        scene.update("DELETE FROM outbox WHERE ref_id <= 20 * 60");
        scene.enqueue(10_001, 10_020, Priority.NORMAL);
        List<Claim> next = scene.database
                .transactions()
                .writeSql(connection -> new ClaimRepository("me", Duration.ofSeconds(60))
                        .claim(
                                connection,
                                List.of(FakeMailKind.KIND),
                                ClaimRepository.Among.ANY,
                                ClaimFront.START,
                                100));
        assertThat(next).filteredOn(claim -> claim.refId() > 10_000).hasSize(20);
    }

    private void assertSmallSessionLeavesWithinFiveSeconds() {
        int before = scene.relay.accepted();
        long start = System.nanoTime();
        scene.enqueue(10_001, 10_020, Priority.NORMAL);
        await().until(() -> scene.arrived(number -> number > 10_000) == 20);
        assertThat(System.nanoTime() - start).isLessThan(Duration.ofSeconds(5).toNanos());
        List<Received> since = scene.relay.mails().stream().skip(before).toList();
        assertThat(since).as("the large one goes on").anyMatch(mail -> DeliveryScene.number(mail) <= 10_000);
    }
}
