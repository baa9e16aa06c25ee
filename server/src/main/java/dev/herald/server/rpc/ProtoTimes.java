package dev.herald.server.rpc;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/** Instants as the contract has them. */
public final class ProtoTimes {
    private ProtoTimes() {}

    public static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    /** The instant of a valid timestamp. */
    public static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }
}
