package dev.herald.server.caller;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.auth0.jwt.interfaces.JWTVerifier;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What verifies tokens by one set of keys: a token with a known kid is that key's to decide, any other the shared one's. Immutable. */
final class CallerVerifiers {
    private static final int LEEWAY_SECONDS = 60;

    private final CallerKeys keys;
    private final @Nullable Algorithm sharedKey;
    private final @Nullable Verifier shared;
    private final Map<String, Verifier> byKid = new HashMap<>();

    /**
     * What verifies by one key.
     *
     * @param isDear whether that takes more than a hash: RSA and EC keys, not HS256
     */
    record Verifier(JWTVerifier verifier, boolean isDear) {}

    CallerVerifiers(CallerKeys keys, Clock clock) {
        this.keys = keys;
        this.sharedKey =
                keys.secret().map(secret -> Algorithm.HMAC256(secret.bytes())).orElse(null);
        this.shared = sharedKey == null ? null : verifier(sharedKey, clock);
        keys.set().ifPresent(set -> set.byKid().forEach((kid, key) -> byKid.put(kid, verifier(key, clock))));
    }

    CallerKeys keys() {
        return keys;
    }

    /** What new tokens are signed with; null where there is none. */
    @Nullable
    Algorithm sharedKey() {
        return sharedKey;
    }

    /** That of the key which decides; null where none does. */
    @Nullable
    Verifier of(DecodedJWT token) {
        String kid = token.getKeyId();
        Verifier named = kid == null ? null : byKid.get(kid);
        return named == null ? shared : named;
    }

    private static Verifier verifier(Algorithm key, Clock clock) {
        com.auth0.jwt.JWTVerifier.BaseVerification verification =
                (com.auth0.jwt.JWTVerifier.BaseVerification) JWT.require(key)
                        .withAudience(CallerTokens.AUDIENCE)
                        .withClaimPresence("exp")
                        .acceptNotBefore(LEEWAY_SECONDS)
                        .acceptIssuedAt(LEEWAY_SECONDS);
        return new Verifier(verification.build(clock), !key.getName().equals("HS256"));
    }
}
