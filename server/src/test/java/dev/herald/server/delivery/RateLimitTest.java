package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.server.delivery.OrderConfig.WakeupBy;
import dev.herald.server.delivery.RateRepository.Asked;
import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of the pace, shared by all engines of a database. */
class RateLimitTest {
    private static final int SECONDS = 5;

    private final DeliveryScene scene = new DeliveryScene();

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest(name = "{0} mails a second")
    @ValueSource(ints = {40, 400})
    void relayLimit_twoEngines_sendThatManyTogether(int perSecond) {
        scene.enqueue(1, perSecond * (SECONDS + 4L), Priority.NORMAL);
        scene.start(4, DeliveryScene.limited(perSecond));
        scene.start(4, DeliveryScene.limited(perSecond));
        await().until(() -> scene.relay.accepted() >= perSecond);
        long start = System.nanoTime();
        int before = scene.relay.accepted();
        await().pollInterval(Duration.ofMillis(5)).until(() -> scene.relay.accepted() - before >= perSecond * SECONDS);
        double rate = (scene.relay.accepted() - before) / ((System.nanoTime() - start) / 1e9);
        assertThat(rate).isBetween(perSecond * 0.7, perSecond * 1.1);
        assertThat(scene.number("SELECT coalesce(max(attempts), 0) FROM outbox"))
                .isZero();
    }

    @Test
    void domainLimit_oneSlowDomain_holdsUpNoOtherAndCostsNoAttempts() {
        scene.kind.domains = number -> number <= 500 ? "slow.example" : "campus.example";
        scene.enqueue(1, 500, Priority.HIGH);
        scene.enqueue(501, 1_000, Priority.NORMAL);
        OrderConfig order = new OrderConfig(WakeupBy.POLL, OptionalInt.empty(), Map.of("slow.example", 20));
        scene.start(4, order);
        scene.start(4, order);
        long start = System.nanoTime();
        await().atMost(Duration.ofSeconds(8)).until(() -> scene.arrived(number -> number > 500) == 500);
        await().until(() -> scene.arrived(number -> number <= 500) >= 20);
        long slowBefore = scene.arrived(number -> number <= 500);
        long from = System.nanoTime();
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> scene.arrived(number -> number <= 500) - slowBefore >= 20L * SECONDS);
        double rate = 20.0 * SECONDS / ((System.nanoTime() - from) / 1e9);
        assertThat(rate).as("of the slow domain").isBetween(14.0, 22.0);
        assertThat(scene.arrived(number -> number <= 500))
                .isLessThanOrEqualTo(10 + Math.round(22 * (System.nanoTime() - start) / 1e9));
        assertThat(scene.number("SELECT coalesce(max(attempts), 0) FROM outbox"))
                .isZero();
    }

    @Test
    void take_manyAtOnce_grantNoMoreThanThereIs() {
        Transactions transactions = scene.database.transactions();
        RateRepository rates = new RateRepository();
        List<Asked> asked = List.of(new Asked("b", 1, 5), new Asked("a", 200, 7));
        transactions.statement(connection -> rates.take(connection, asked));
        scene.update("UPDATE delivery_rates SET tokens = 1000, at = now() + interval '1 hour'");
        AtomicInteger granted = new AtomicInteger();
        IntStream.range(0, 100).parallel().forEach(one -> {
            Map<String, Integer> got = transactions.statement(connection -> rates.take(connection, asked));
            granted.addAndGet(got.getOrDefault("a", 0) + got.getOrDefault("b", 0));
        });
        assertThat(granted).as("half a second's worth, and at least one").hasValue(101);
    }
}
