package dev.herald.server.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.herald.v1.ErrorReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts refused calls by their ErrorInfo's reason. Thread-safe. */
final class RefusalMeter {
    private static final String PREFIX = "ERROR_REASON_";

    private final MeterRegistry meters;
    private final Map<ErrorReason, Counter> counters = new ConcurrentHashMap<>();

    RefusalMeter(MeterRegistry meters) {
        this.meters = meters;
    }

    void count(Status refusal) {
        for (Any detail : refusal.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                counters.computeIfAbsent(reason(detail), this::register).increment();
                return;
            }
        }
    }

    /** One of ours, whatever the text: labels must stay few. */
    private static ErrorReason reason(Any detail) {
        try {
            ErrorReason known =
                    ErrorReason.valueOf(PREFIX + detail.unpack(ErrorInfo.class).getReason());
            return known == ErrorReason.UNRECOGNIZED ? ErrorReason.ERROR_REASON_UNSPECIFIED : known;
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return ErrorReason.ERROR_REASON_UNSPECIFIED;
        }
    }

    private Counter register(ErrorReason reason) {
        return Counter.builder("herald.rpc.refusals")
                .description("calls refused")
                .tag("reason", reason.name().substring(PREFIX.length()))
                .register(meters);
    }
}
