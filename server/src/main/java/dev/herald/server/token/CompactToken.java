package dev.herald.server.token;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The three parts of a token as they are spelled.
 *
 * @param header in base64url
 * @param payload in base64url
 * @param signature anything
 */
record CompactToken(String header, String payload, String signature) {
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    /** The parts, or null when there are not exactly three. */
    static @Nullable CompactToken split(String token) {
        int first = token.indexOf('.');
        int second = token.indexOf('.', first + 1);
        if (first < 0 || second < 0 || token.indexOf('.', second + 1) >= 0) {
            return null;
        }
        return new CompactToken(
                token.substring(0, first), token.substring(first + 1, second), token.substring(second + 1));
    }

    /**
     * The bytes of a part in any spelling, also with padding or in the other base64 alphabet.
     *
     * @throws IllegalArgumentException when it is no base64 at all
     */
    static byte[] decode(String part) {
        return Base64.getUrlDecoder().decode(part.replace('+', '-').replace('/', '_'));
    }

    /** Whether a part is spelled in the one way that its bytes have. */
    static boolean isCanonical(String part, byte[] decoded) {
        return BASE64URL.encodeToString(decoded).equals(part);
    }
}
