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
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Bearer tokens of services: HS256 JWTs with aud "herald", sub, roles and exp, under a key of their own. Thread-safe.
 */
public final class CallerTokens {
    private static final String AUDIENCE = "herald";
    private static final int MAX_LENGTH = 4096;
    private static final int LEEWAY_SECONDS = 60;
    private static final int REMEMBERED = 1_024;

    private final Algorithm algorithm;
    private final JWTVerifier verifier;
    private final Clock clock;
    private final VerifiedTokens<Known> known = new VerifiedTokens<>(REMEMBERED);

    /** A verified token's caller, from the second it was verified until the second it expires. */
    private record Known(Optional<Caller> caller, long since, long until) {}

    public CallerTokens(Secret key, Clock clock) {
        this.algorithm = Algorithm.HMAC256(key.bytes());
        this.clock = clock;
        com.auth0.jwt.JWTVerifier.BaseVerification verification =
                (com.auth0.jwt.JWTVerifier.BaseVerification) JWT.require(algorithm)
                        .withAudience(AUDIENCE)
                        .withClaimPresence("exp")
                        .acceptNotBefore(LEEWAY_SECONDS)
                        .acceptIssuedAt(LEEWAY_SECONDS);
        this.verifier = verification.build(clock);
    }

    /** A token for a caller. */
    public String issue(String subject, Set<Role> roles, Duration life) {
        Instant now = clock.instant();
        return JWT.create()
                .withSubject(subject)
                .withAudience(AUDIENCE)
                .withClaim("roles", roles.stream().map(Role::word).sorted().toList())
                .withIssuedAt(now)
                .withExpiresAt(now.plus(life))
                .sign(algorithm);
    }

    /** The caller a token names; empty for any token that isn't right, whatever is wrong with it. */
    Optional<Caller> verify(String token) {
        long now = clock.instant().getEpochSecond();
        Known before = known.find(token);
        if (before != null && before.since <= now && now < before.until) {
            return before.caller;
        }
        return token.length() > MAX_LENGTH ? Optional.empty() : verify(token, now);
    }

    private Optional<Caller> verify(String token, long now) {
        try {
            DecodedJWT jwt = verifier.verify(token);
            // java-jwt takes an exp of null for present and unlimited.
            if (jwt.getExpiresAt() == null) {
                return Optional.empty();
            }
            Optional<Caller> caller = Optional.of(caller(jwt));
            known.keep(token, new Known(caller, now, jwt.getExpiresAtAsInstant().getEpochSecond()));
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
}
