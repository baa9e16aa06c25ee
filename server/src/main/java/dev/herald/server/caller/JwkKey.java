package dev.herald.server.caller;

import com.auth0.jwt.algorithms.Algorithm;
import dev.herald.server.config.KeyPolicy;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** One JSON Web Key (RFC 7518, 6) as what verifies with it. The algorithm is the key's, never the token's. */
final class JwkKey {
    private static final int LEAST_RSA_BITS = 2_048;

    private JwkKey() {}

    /**
     * The algorithm; empty for a key that isn't for signatures, or not for one of ours.
     *
     * @throws IllegalArgumentException for one that should be ours, and is weak, incomplete or private
     */
    static Optional<Algorithm> algorithm(Map<String, String> members) {
        if (!members.getOrDefault("use", "sig").equals("sig")) {
            return Optional.empty();
        }
        return switch (members.getOrDefault("kty", "")) {
            case "oct" -> of("HS256", members).map(any -> secret(members));
            case "RSA" -> of("RS256", members).map(any -> Algorithm.RSA256(rsa(members), null));
            case "EC" -> of("ES256", members).map(any -> Algorithm.ECDSA256(ec(members), null));
            default -> Optional.empty();
        };
    }

    private static Optional<String> of(String algorithm, Map<String, String> members) {
        if (!members.getOrDefault("alg", algorithm).equals(algorithm)) {
            return Optional.empty();
        }
        if (members.containsKey("d")) {
            throw new IllegalArgumentException("holds a private key; give the public half only");
        }
        return Optional.of(algorithm);
    }

    private static Algorithm secret(Map<String, String> members) {
        byte[] key = bytes(members, "k");
        KeyPolicy.weakness(key).ifPresent(weakness -> {
            throw new IllegalArgumentException("a key of type oct " + weakness);
        });
        return Algorithm.HMAC256(key);
    }

    private static RSAPublicKey rsa(Map<String, String> members) {
        BigInteger modulus = number(members, "n");
        if (modulus.bitLength() < LEAST_RSA_BITS) {
            throw new IllegalArgumentException("an RSA key must have at least 2048 bits");
        }
        try {
            return (RSAPublicKey)
                    KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, number(members, "e")));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("holds an RSA key that is none", e);
        }
    }

    private static ECPublicKey ec(Map<String, String> members) {
        if (!members.getOrDefault("crv", "").equals("P-256")) {
            throw new IllegalArgumentException("an EC key for ES256 must be on the curve P-256");
        }
        try {
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(new ECGenParameterSpec("secp256r1"));
            ECPoint point = new ECPoint(number(members, "x"), number(members, "y"));
            return (ECPublicKey) KeyFactory.getInstance("EC")
                    .generatePublic(new ECPublicKeySpec(point, curve.getParameterSpec(ECParameterSpec.class)));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("holds an EC key that is none", e);
        }
    }

    private static BigInteger number(Map<String, String> members, String name) {
        return new BigInteger(1, bytes(members, name));
    }

    private static byte[] bytes(Map<String, String> members, String name) {
        try {
            return Base64.getUrlDecoder().decode(members.getOrDefault(name, ""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + name + "\" of a key must be base64url", e);
        }
    }
}
