package dev.herald.server.rpc;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTDecodeException;
import com.auth0.jwt.interfaces.DecodedJWT;
import com.auth0.jwt.interfaces.JWTVerifier;
import dev.herald.server.config.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens of services: JWTs with aud "herald", sub, roles and exp, under keys of their own that may be replaced while the
 * server runs. Thread-safe.
 */
public final class CallerTokens {
    private static final String AUDIENCE = "herald";
    private static final int MAX_LENGTH = 4096;
    private static final int LEEWAY_SECONDS = 60;
    private static final int REMEMBERED = 1_024;

    private final Clock clock;
    private final VerifiedTokens<Known> known = new VerifiedTokens<>(REMEMBERED);
    private volatile Verifiers verifiers;

    /** A verified token's caller, from the second it was verified until the second it expires, by these keys. */
    private record Known(Optional<Caller> caller, long since, long until, Verifiers by) {}

    /** A token with a known kid is verified by that key, any other by the shared one. One object a set of keys. */
    private static final class Verifiers {
        private final @Nullable Algorithm sharedKey;
        private final @Nullable JWTVerifier shared;
        private final Map<String, JWTVerifier> byKid;

        Verifiers(@Nullable Algorithm sharedKey, @Nullable JWTVerifier shared, Map<String, JWTVerifier> byKid) {
            this.sharedKey = sharedKey;
            this.shared = shared;
            this.byKid = byKid;
        }

        @Nullable
        JWTVerifier of(DecodedJWT token) {
            String kid = token.getKeyId();
            JWTVerifier named = kid == null ? null : byKid.get(kid);
            return named == null ? shared : named;
        }
    }

    public CallerTokens(CallerKeys keys, Clock clock) {
        this.clock = clock;
        this.verifiers = verifiers(keys);
    }

    /** With the shared key alone. */
    public CallerTokens(Secret key, Clock clock) {
        this(new CallerKeys(Optional.of(key), Optional.empty()), clock);
    }

    /** From now on these keys count and no others, for tokens seen before too. */
    public void replaceKeys(CallerKeys keys) {
        verifiers = verifiers(keys);
    }

    /**
     * A token for a caller, signed with the shared key.
     *
     * @throws IllegalStateException when there is none
     */
    public String issue(String subject, Set<Role> roles, Duration life) {
        Instant now = clock.instant();
        Algorithm key = verifiers.sharedKey;
        if (key == null) {
            throw new IllegalStateException("AUTH_JWT_SECRET is needed to make a token");
        }
        return JWT.create()
                .withSubject(subject)
                .withAudience(AUDIENCE)
                .withClaim("roles", roles.stream().map(Role::word).sorted().toList())
                .withIssuedAt(now)
                .withExpiresAt(now.plus(life))
                .sign(key);
    }

    /** The caller a token names; empty for any token that isn't right, whatever is wrong with it. */
    Optional<Caller> verify(String token) {
        long now = clock.instant().getEpochSecond();
        Verifiers present = verifiers;
        Known before = known.find(token);
        if (before != null && before.by == present && before.since <= now && now < before.until) {
            return before.caller;
        }
        return token.length() > MAX_LENGTH ? Optional.empty() : verify(token, now, present);
    }

    private Optional<Caller> verify(String token, long now, Verifiers present) {
        try {
            DecodedJWT jwt = JWT.decode(token);
            JWTVerifier verifier = present.of(jwt);
            // java-jwt takes an exp of null for present and unlimited.
            if (verifier == null || verifier.verify(jwt).getExpiresAt() == null) {
                return Optional.empty();
            }
            Optional<Caller> caller = Optional.of(caller(jwt));
            known.keep(token, new Known(caller, now, jwt.getExpiresAtAsInstant().getEpochSecond(), present));
            return caller;
        } catch (RuntimeException e) {
            // The library throws more than its own exceptions for hostile input; each means the same here.
            return Optional.empty();
        }
    }

    private static Caller caller(DecodedJWT jwt) {
        List<String> words = jwt.getClaim("roles").asList(String.class);
        if (words == null) {
            throw new JWTDecodeException("roles is no list of strings");
        }
        Set<Role> roles = EnumSet.noneOf(Role.class);
        words.forEach(word -> Role.of(word).ifPresent(roles::add));
        return new Caller(jwt.getSubject() == null ? "" : jwt.getSubject(), roles);
    }

    private Verifiers verifiers(CallerKeys keys) {
        Map<String, JWTVerifier> byKid = new HashMap<>();
        keys.set().ifPresent(set -> set.byKid().forEach((kid, algorithm) -> byKid.put(kid, verifier(algorithm))));
        Algorithm shared =
                keys.secret().map(secret -> Algorithm.HMAC256(secret.bytes())).orElse(null);
        return new Verifiers(shared, shared == null ? null : verifier(shared), byKid);
    }

    private JWTVerifier verifier(Algorithm algorithm) {
        com.auth0.jwt.JWTVerifier.BaseVerification verification =
                (com.auth0.jwt.JWTVerifier.BaseVerification) JWT.require(algorithm)
                        .withAudience(AUDIENCE)
                        .withClaimPresence("exp")
                        .acceptNotBefore(LEEWAY_SECONDS)
                        .acceptIssuedAt(LEEWAY_SECONDS);
        return verification.build(clock);
    }
}
