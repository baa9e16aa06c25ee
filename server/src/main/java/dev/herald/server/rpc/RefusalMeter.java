package dev.herald.server.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.herald.v1.ErrorReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/**
 * Counts refused calls by their ErrorInfo's reason. Every reason has its counter from the beginning, since nobody sees one rise that
 * begins at 1. Thread-safe.
 */
final class RefusalMeter {
    private static final String PREFIX = "ERROR_REASON_";

    private final Map<ErrorReason, Counter> counters = new EnumMap<>(ErrorReason.class);

    RefusalMeter(MeterRegistry meters) {
        for (ErrorReason reason : ErrorReason.values()) {
            if (reason != ErrorReason.UNRECOGNIZED) {
                counters.put(reason, register(reason, meters));
            }
        }
    }

    void count(Status refusal) {
        for (Any detail : refusal.getDetailsList()) {
            Counter counter = detail.is(ErrorInfo.class) ? counters.get(reason(detail)) : null;
            if (counter != null) {
                counter.increment();
                return;
            }
        }
    }

    /** One of ours, whatever the text: labels must stay few. */
    private static ErrorReason reason(Any detail) {
        try {
            return ErrorReason.valueOf(PREFIX + detail.unpack(ErrorInfo.class).getReason());
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return ErrorReason.ERROR_REASON_UNSPECIFIED;
        }
    }

    private static Counter register(ErrorReason reason, MeterRegistry meters) {
        return Counter.builder("herald.rpc.refusals")
                .description("calls refused")
                .tag("reason", reason.name().substring(PREFIX.length()))
                .register(meters);
    }
}
