package dev.herald.server.token;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Makes token ids: 22 base64url characters of 6 bytes of time, which keep an index's insertions together, and 10 random
 * bytes. Thread-safe.
 */
final class TokenIds {
    static final int LENGTH = 22;

    private static final int TIME_BYTES = 6;
    private static final int RANDOM_BYTES = 10;
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final SecureRandom RANDOM = new SecureRandom();
    /** Randomness is drawn in bulk: a draw of ten bytes costs nearly as much as one of four thousand. */
    private static final ThreadLocal<Pool> POOL = ThreadLocal.withInitial(Pool::new);

    private TokenIds() {}

    static String next(long epochMillis) {
        byte[] id = new byte[TIME_BYTES + RANDOM_BYTES];
        for (int i = 0; i < TIME_BYTES; i++) {
            id[i] = (byte) (epochMillis >>> (Byte.SIZE * (TIME_BYTES - 1 - i)));
        }
        POOL.get().take(id, TIME_BYTES);
        return BASE64URL.encodeToString(id);
    }

    private static final class Pool {
        private final byte[] bytes = new byte[RANDOM_BYTES * 400];
        private int used = bytes.length;

        void take(byte[] target, int offset) {
            if (used == bytes.length) {
                RANDOM.nextBytes(bytes);
                used = 0;
            }
            System.arraycopy(bytes, used, target, offset, RANDOM_BYTES);
            used += RANDOM_BYTES;
        }
    }
}
