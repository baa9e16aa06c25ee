package dev.herald.server.caller;

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
    private static final int REMEMBERED = 8_192;
    /** What strangers may fill. */
    private static final int REFUSED_REMEMBERED = 256;

    private static final int REFUSED_SECONDS = 5;

    private final Clock clock;
    private final VerifiedTokens<Known> genuine = new VerifiedTokens<>(REMEMBERED, MAX_LENGTH);
    /** Shown again by a caller in a loop whose token has expired. */
    private final VerifiedTokens<Known> refused = new VerifiedTokens<>(REFUSED_REMEMBERED, MAX_LENGTH);

    private volatile Verifiers verifiers;

    /** What a token was found to say, from that second on until another, by these keys. */
    record Known(Optional<Caller> caller, long since, long until, Verifiers by) {
        boolean holds(long now, Verifiers present) {
            return by == present && since <= now && now < until;
        }
    }

    /** A token with a known kid is verified by that key, any other by the shared one. One object a set of keys. */
    private static final class Verifiers {
        private final @Nullable Algorithm sharedKey;
        private final @Nullable JWTVerifier shared;
        private final Map<String, JWTVerifier> byKid;
        private final CallerKeys keys;

        Verifiers(
                CallerKeys keys,
                @Nullable Algorithm sharedKey,
                @Nullable JWTVerifier shared,
                Map<String, JWTVerifier> byKid) {
            this.keys = keys;
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

    /** The keys that count. */
    CallerKeys keys() {
        return verifiers.keys;
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
        Known known = known(token);
        return known == null ? verifyUnknown(token) : known.caller;
    }

    /** What {@link #verify} found the last time, asked of memory alone; null where that doesn't hold, or nothing is known. */
    @Nullable
    Known known(String token) {
        long now = clock.instant().getEpochSecond();
        Verifiers present = verifiers;
        Known found = genuine.find(token);
        if (found == null || !found.holds(now, present)) {
            found = refused.find(token);
        }
        return found != null && found.holds(now, present) ? found : null;
    }

    /** Verifies a token that isn't known, which takes its time, with EC keys most. */
    Optional<Caller> verifyUnknown(String token) {
        long now = clock.instant().getEpochSecond();
        Verifiers present = verifiers;
        Optional<Caller> caller = token.length() > MAX_LENGTH ? Optional.empty() : verify(token, now, present);
        if (caller.isEmpty()) {
            refused.keep(token, new Known(caller, now, now + REFUSED_SECONDS, present));
        }
        return caller;
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
            genuine.keep(
                    token, new Known(caller, now, jwt.getExpiresAtAsInstant().getEpochSecond(), present));
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
        return new Verifiers(keys, shared, shared == null ? null : verifier(shared), byKid);
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
