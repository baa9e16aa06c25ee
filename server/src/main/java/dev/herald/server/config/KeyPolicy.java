package dev.herald.server.config;

import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Which secrets are fit to sign with HS256. */
public final class KeyPolicy {
    /** RFC 7518, 3.2: a key at least as long as the hash. */
    private static final int LEAST_BYTES = 32;

    /** Keys that everybody can read in a manual: ours show none but how to make one, jwt.io fills these in. */
    private static final Set<String> SAMPLES = Set.of(
            "a-string-secret-at-least-256-bits-long",
            "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long");

    private KeyPolicy() {}

    /** What is wrong with a key, without a word of it; empty when it is fit. */
    public static Optional<String> weakness(Secret key) {
        return SAMPLES.contains(key.reveal())
                ? Optional.of("must not be a sample from a manual; ./herald keygen makes one of your own")
                : weakness(key.bytes());
    }

    /** The same of a key that is no text. */
    public static Optional<String> weakness(byte[] bytes) {
        if (bytes.length < LEAST_BYTES) {
            return Optional.of(
                    "must be at least 32 bytes long, and has " + bytes.length + "; ./herald keygen makes one");
        }
        return IntStream.range(1, bytes.length).allMatch(i -> bytes[i] == bytes[0])
                ? Optional.of("must not be one byte repeated; ./herald keygen makes a good one")
                : Optional.empty();
    }
}
