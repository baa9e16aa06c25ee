package dev.herald.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CallMeterTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final CallMeter meter = new CallMeter(meters);

    @Test
    void streamClosed_manyMethodsNobodyServes_areOneLabel() {
        for (int i = 0; i < 1_000; i++) {
            call("herald.v1.Nobody/Method" + i, Status.UNIMPLEMENTED);
        }
        assertThat(meters.find("rpc.server.call.duration").timers()).hasSize(1);
        assertThat(timer("_OTHER", "UNIMPLEMENTED").count()).isEqualTo(1_000);
    }

    @Test
    void streamClosed_anyStatus_isCountedByIt() {
        for (Status.Code code : Status.Code.values()) {
            call("any", code.toStatus().withDescription("to student1@campus.example"));
            call("any", code.toStatus());
        }
        for (Status.Code code : Status.Code.values()) {
            assertThat(timer("_OTHER", code.name()).count()).isEqualTo(2);
            assertThat(timer("_OTHER", code.name()).totalTime(TimeUnit.NANOSECONDS))
                    .isPositive();
        }
        assertThat(meters.getMetersAsString()).doesNotContain("student1");
    }

    private void call(String method, Status end) {
        meter.newServerStreamTracer(method, new Metadata()).streamClosed(end);
    }

    private Timer timer(String method, String code) {
        return meters.get("rpc.server.call.duration")
                .tags("rpc.method", method, "rpc.response.status_code", code, "rpc.system.name", "grpc")
                .timer();
    }
}
