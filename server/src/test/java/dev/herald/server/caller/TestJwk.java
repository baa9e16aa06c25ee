package dev.herald.server.caller;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** Keys of callers, and how a set names them. */
final class TestJwk {
    private TestJwk() {}

    static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String set(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "],\"more\":{\"keys\":[]}}";
    }

    static String oct(String kid, byte[] secret) {
        return "{\"kty\":\"oct\",\"kid\":\"" + kid + "\",\"k\":\"" + base64url(secret) + "\"}";
    }

    static String jwk(String kid, RSAPublicKey key) {
        return "{\"kty\":\"RSA\",\"kid\":\"" + kid + "\",\"use\":\"sig\",\"n\":\"" + number(key.getModulus())
                + "\",\"e\":\"" + number(key.getPublicExponent()) + "\"}";
    }

    static String jwk(String kid, KeyPair pair, String curve) {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return "{\"kty\":\"EC\",\"kid\":\"" + kid + "\",\"alg\":\"ES256\",\"crv\":\"" + curve + "\",\"x\":\""
                + number(key.getW().getAffineX()) + "\",\"y\":\""
                + number(key.getW().getAffineY()) + "\"}";
    }

    private static String number(BigInteger number) {
        return base64url(number.toByteArray());
    }

    private static String base64url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
