package dev.herald.server.rpc;

import java.time.Duration;

/**
 * How long connections that say nothing are kept.
 *
 * @param keepAlive how long one may be silent before it is asked for a sign of life; grpc-java takes no less than 10 s
 * @param keepAliveTimeout how long that sign may take; without it the connection is closed and its calls end
 * @param handshake how long a new one may take until its calls may come, TLS and preface together
 */
public record ConnectionTimes(Duration keepAlive, Duration keepAliveTimeout, Duration handshake) {
    static final ConnectionTimes USUAL =
            new ConnectionTimes(Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(10));

    /** After so long without a word a connection is dead: one that lives answers the ping. */
    Duration longestSilence() {
        return keepAlive.plus(keepAliveTimeout);
    }
}
