package dev.herald.server.chaos;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ResponseStream;
import dev.herald.client.ValidationStream;
import dev.herald.server.caller.Role;
import dev.herald.server.rpc.ConnectionTimes;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RawHttp2;
import dev.herald.v1.SessionDelivery;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** F40: a client that is gone without a word, as behind a firewall that has forgotten it. */
class BlackHoleTest {
    /** grpc-java takes no shorter time. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final Duration TIMEOUT = Duration.ofMillis(500);
    /** On two cores that others share. */
    private static final Duration SLACK = Duration.ofSeconds(2);

    /** The hole's connection and two honest ones, no more. */
    private static final Map<String, String> SETTINGS = Map.of("DELIVERY", "off", "GRPC_MAX_CONNECTIONS", "3");

    @Test
    void client_goneWithoutAWord_losesItsCallsTheirWorkAndItsConnectionWhenKeepAliveSays() {
        ConnectionTimes times = new ConnectionTimes(KEEP_ALIVE, TIMEOUT, Duration.ofSeconds(10));
        try (HeraldFixture campus = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            campus.loadCampus(2);
            campus.admin().notifications().generateForSession(SESSION_ID);
            try (HeraldFixture herald = campus.another(SETTINGS, times);
                    ChaosProxy hole = ChaosProxy.to(herald.port());
                    HeraldClient honest = client(herald.port());
                    HeraldClient idle = client(herald.port());
                    HeraldClient lost = client(hole.port())) {
                assertThat(idle.tokens().validate("x").getValid()).isFalse();
                fallInto(hole, lost, honest, herald);
            }
        }
    }

    private static void fallInto(ChaosProxy hole, HeraldClient lost, HeraldClient honest, HeraldFixture herald) {
        ResponseStream<SessionDelivery> watch = lost.notifications().watchSessionDelivery(SESSION_ID);
        ValidationStream checks = lost.tokens().validations();
        ValidationStream honestChecks = honest.tokens().validations();
        assertThat(watch.next().getPending()).isEqualTo(2);
        assertThat(checks.validate("x").getValid()).isFalse();
        assertThat(honestChecks.validate("x").getValid()).isFalse();
        long start = System.nanoTime();
        hole.freeze();
        CompletableFuture<Boolean> more = CompletableFuture.supplyAsync(watch::hasNext);
        assertThat(room(herald)).isZero();
        await().atMost(KEEP_ALIVE.plus(TIMEOUT).plus(SLACK)).until(() -> broken(herald, "WatchSessionDelivery") == 1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(KEEP_ALIVE.minus(SLACK));
        await().atMost(SLACK).until(() -> broken(herald, "ValidateTokens") == 1 && room(herald) > 0);
        long ended = herald.number("SELECT extract(epoch FROM clock_timestamp() + interval '300 ms') * 1000");
        await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(3)).until(() -> lastLook(herald) <= ended);
        assertThat(more).as("what the client has heard of it").isNotDone();
        // The others were as silent, but there.
        assertThat(honestChecks.validate("x").getValid()).isFalse();
        assertThat(room(herald)).isOne();
        honestChecks.close();
        watch.close();
        hole.thaw();
    }

    private static HeraldClient client(int port) {
        return HeraldClient.builder("127.0.0.1:" + port)
                .plaintext()
                .bearerToken(HeraldFixture.bearer(Role.ADMIN))
                .build();
    }

    /** How many more connections are taken. */
    private static int room(HeraldFixture herald) {
        List<RawHttp2> more = new ArrayList<>();
        do {
            more.add(RawHttp2.open(herald.port()));
        } while (more.get(more.size() - 1).next().isPresent());
        more.forEach(RawHttp2::close);
        return more.size() - 1;
    }

    /** How many calls of a method have ended otherwise than well. */
    private static long broken(HeraldFixture herald, String method) {
        return herald.application().telemetry().meters().find("rpc.server.call.duration").timers().stream()
                .filter(timer ->
                        String.valueOf(timer.getId().getTag("rpc.method")).endsWith("/" + method))
                .filter(timer -> !"OK".equals(timer.getId().getTag("rpc.response.status_code")))
                .mapToLong(Timer::count)
                .sum();
    }

    /** When the figures of a session were last asked for, in milliseconds. */
    private static long lastLook(HeraldFixture herald) {
        return herald.number("SELECT coalesce(max(extract(epoch FROM query_start) * 1000), 0) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                + " AND query LIKE '%count(n.email_id)%'");
    }
}
