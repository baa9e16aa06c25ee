package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.caller.RateLimit;
import dev.herald.server.error.HeraldException;
import dev.herald.server.testing.HeardLog;
import dev.herald.v1.ErrorReason;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RefusalsTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Refusals refusals = new Refusals(meters);

    @RegisterExtension
    final HeardLog logged = HeardLog.of(Refusals.class);

    @Test
    void count_everyReason_isCountedOnceByItsOwnName() {
        for (ErrorReason reason : ErrorReason.values()) {
            if (reason != ErrorReason.UNRECOGNIZED && reason != ErrorReason.ERROR_REASON_RATE_LIMITED) {
                String name = reason.name().substring("ERROR_REASON_".length());
                long before = refusals.count(name);
                count(HeraldException.of(reason, "of this test"));
                // Messages that are too large are counted where they come in.
                assertThat(refusals.count(name) - before).isEqualTo(name.equals(Refusals.REQUEST_TOO_LARGE) ? 0 : 1);
            }
        }
        assertThat(refusals.count("UNSPECIFIED")).isOne();
    }

    @Test
    void count_rateLimited_tellsWhoseLimitItWas() {
        count(rateLimited(RateLimit.CALLER.metadata()));
        count(rateLimited(RateLimit.STRANGER.metadata()));
        count(rateLimited(Map.of()));
        assertThat(refusals.count("RATE_LIMITED_CALLER")).isOne();
        assertThat(refusals.count("RATE_LIMITED_STRANGER")).isOne();
        assertThat(refusals.count("RATE_LIMITED_SERVER")).isOne();
    }

    @Test
    void count_reasonsOfSomebodyElses_areOneLabel() {
        int before = meters.getMeters().size();
        for (int i = 0; i < 100; i++) {
            count(rateLimited(Map.of(RateLimit.KEY, "whim" + i)));
        }
        assertThat(refusals.count("UNSPECIFIED")).isEqualTo(100);
        assertThat(meters.getMeters()).hasSize(before);
    }

    @Test
    void note_thousandsOfAKind_isOneLineAndEverydayMistakesAreNone() {
        for (int i = 0; i < 5_000; i++) {
            refusals.note("UNAUTHENTICATED_CALLER", "a/Method");
            refusals.note("NOTIFICATION_NOT_FOUND", "a/Method");
        }
        assertThat(logged.lines()).containsExactly("turned away: unauthenticated caller, a/Method; 1 since last told");
        assertThat(refusals.count("UNAUTHENTICATED_CALLER")).isEqualTo(5_000);
        assertThat(refusals.count("NOTIFICATION_NOT_FOUND")).isEqualTo(5_000);
    }

    private void count(HeraldException refusal) {
        StatusRuntimeException told = Statuses.of(refusal);
        refusals.count(StatusProto.fromThrowable(told), "a/Method");
    }

    private static HeraldException rateLimited(Map<String, String> metadata) {
        return HeraldException.retryable(
                ErrorReason.ERROR_REASON_RATE_LIMITED, "of this test", metadata, Duration.ofSeconds(1));
    }
}
