package dev.herald.server.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/**
 * Makes token ids: 22 characters of 48 bits of time and 80 random bits, spelled so that they sort by bytes as they do by
 * number. Those a thread makes for one millisecond ascend in random steps, so that a batch goes into an index's right edge.
 * Thread-safe.
 */
final class TokenIds {
    static final int LENGTH = 22;

    /** Those of base64url, in the order of their codes. */
    private static final byte[] ALPHABET =
            "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz".getBytes(StandardCharsets.ISO_8859_1);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ThreadLocal<Sequence> SEQUENCES = ThreadLocal.withInitial(Sequence::new);

    private TokenIds() {}

    static String next(long epochMillis) {
        return SEQUENCES.get().next(epochMillis);
    }

    private static final class Sequence {
        /** Randomness is drawn in bulk: a draw of eight bytes costs nearly as much as one of four thousand. */
        private final byte[] pool = new byte[Long.BYTES * 500];

        private ByteBuffer unused = ByteBuffer.wrap(pool, 0, 0);
        private long millis = -1;
        private long high;
        private long low;

        String next(long epochMillis) {
            if (epochMillis != millis || low < 0) {
                millis = epochMillis;
                high = (epochMillis << 16) | (random() >>> 48);
                low = random() >>> 1;
            } else {
                low += (random() >>> 24) + 1;
            }
            return spell();
        }

        private String spell() {
            byte[] id = new byte[LENGTH];
            long rest = high;
            id[11] = ALPHABET[(int) ((rest & 3) << 4 | low >>> 60)];
            rest >>>= 2;
            for (int i = 10; i >= 0; i--, rest >>>= 6) {
                id[i] = ALPHABET[(int) (rest & 63)];
            }
            rest = low;
            for (int i = LENGTH - 1; i > 11; i--, rest >>>= 6) {
                id[i] = ALPHABET[(int) (rest & 63)];
            }
            return new String(id, StandardCharsets.ISO_8859_1);
        }

        private long random() {
            if (!unused.hasRemaining()) {
                RANDOM.nextBytes(pool);
                unused = ByteBuffer.wrap(pool);
            }
            return unused.getLong();
        }
    }
}
