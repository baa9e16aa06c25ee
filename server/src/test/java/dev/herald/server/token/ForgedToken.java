package dev.herald.server.token;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens of any shape, signed without the code under test. */
final class ForgedToken {
    static final byte[] KEY = bytes("attendance-key-0123456789-abcdefghij");
    static final byte[] OLD_KEY = bytes("an-older-key-9876543210-jihgfedcba!");
    static final KeyRing RING = new KeyRing(TokenKey.of(KEY), List.of(TokenKey.of(OLD_KEY)));
    static final long NOW = 1_767_225_600L;

    static final String GOOD_HEADER =
            "{\"alg\":\"HS256\",\"kid\":\"" + TokenKey.of(KEY).kid() + "\",\"typ\":\"attendance+jwt\"}";
    static final String GOOD_PAYLOAD = payload("7", "42", "" + NOW, "" + (NOW + 3600));

    private ForgedToken() {}

    static String payload(String student, String session, String issuedAt, String expiresAt) {
        return "{\"student_profile_id\":%s,\"session_id\":%s,\"iat\":%s,\"exp\":%s,\"jti\":\"id-1\"}"
                .formatted(student, session, issuedAt, expiresAt);
    }

    static String of(String header, String payload) {
        return of(bytes(header), bytes(payload), KEY);
    }

    static String of(byte[] header, byte[] payload, byte[] key) {
        return signed(base64url(header) + "." + base64url(payload), key);
    }

    /** Signs two parts as they are spelled. */
    static String signed(String signingInput, byte[] key) {
        return signingInput + "." + base64url(mac("HmacSHA256", key, bytes(signingInput)));
    }

    static byte[] mac(String algorithm, byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(message);
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
