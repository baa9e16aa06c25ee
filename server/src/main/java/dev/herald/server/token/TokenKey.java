package dev.herald.server.token;

import com.auth0.jwt.algorithms.Algorithm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** An HS256 key with its name and the header of the tokens it signs. Thread-safe. */
final class TokenKey {
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final int KID_LENGTH = 16;

    private final String kid;
    private final String header;
    private final Algorithm algorithm;

    /** A key under a given name. */
    TokenKey(String kid, byte[] key) {
        this.kid = kid;
        this.header =
                BASE64URL.encodeToString(("{\"alg\":\"HS256\",\"kid\":\"" + kid + "\",\"typ\":\"attendance+jwt\"}")
                        .getBytes(StandardCharsets.UTF_8));
        this.algorithm = Algorithm.HMAC256(key);
    }

    /** A key named after its SHA-256, so that it keeps its name wherever it is moved. */
    static TokenKey of(byte[] key) {
        return new TokenKey(BASE64URL.encodeToString(sha256(key)).substring(0, KID_LENGTH), key);
    }

    String kid() {
        return kid;
    }

    /** The header part of this key's tokens, in base64url. */
    String header() {
        return header;
    }

    /** The signature part, in its one canonical spelling. */
    String signature(String headerPart, String payloadPart) {
        return BASE64URL.encodeToString(algorithm.sign(bytes(headerPart), bytes(payloadPart)));
    }

    private static byte[] bytes(String part) {
        return part.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sha256(byte[] key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
