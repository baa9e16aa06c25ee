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
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of the pace, shared by all engines of a database. */
@Tag("measured")
class RateLimitTest {
    private static final int SECONDS = 5;
    /** A machine that stands still for a moment loses what it could have sent then; never may more be sent. */
    private static final int WINDOWS = 3;

    private final DeliveryScene scene = new DeliveryScene();

    @AfterEach
    void close() {
        scene.close();
    }

    @ParameterizedTest(name = "{0} mails a second")
    @ValueSource(ints = {40, 400})
    void relayLimit_twoEngines_sendThatManyTogether(int perSecond) {
        scene.enqueue(1, perSecond * (WINDOWS * SECONDS + 4L), Priority.NORMAL);
        scene.start(4, DeliveryScene.limited(perSecond));
        scene.start(4, DeliveryScene.limited(perSecond));
        await().until(() -> scene.relay.accepted() >= perSecond);
        assertThat(bestRate(() -> scene.relay.accepted(), perSecond, 1.1)).isGreaterThanOrEqualTo(perSecond * 0.9);
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
        assertThat(bestRate(() -> scene.arrived(number -> number <= 500), 20, 1.1))
                .as("of the slow domain")
                .isGreaterThanOrEqualTo(17);
        assertThat(scene.arrived(number -> number <= 500))
                .isLessThanOrEqualTo(10 + Math.round(22 * (System.nanoTime() - start) / 1e9));
        assertThat(scene.number("SELECT coalesce(max(attempts), 0) FROM outbox"))
                .isZero();
    }

    /** The highest rate of the windows, none of which may pass the limit. */
    private static double bestRate(LongSupplier sent, int perSecond, double most) {
        double best = 0;
        for (int window = 1; window <= WINDOWS && best < perSecond * 0.9; window++) {
            long before = sent.getAsLong();
            long start = System.nanoTime();
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> sent.getAsLong() - before >= (long) perSecond * SECONDS);
            double rate = (sent.getAsLong() - before) / ((System.nanoTime() - start) / 1e9);
            assertThat(rate).isLessThanOrEqualTo(perSecond * most);
            best = Math.max(best, rate);
        }
        return best;
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
