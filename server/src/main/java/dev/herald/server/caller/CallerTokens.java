package dev.herald.server.caller;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTDecodeException;
import com.auth0.jwt.interfaces.DecodedJWT;
import dev.herald.server.config.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bearer tokens of services: JWTs with aud "herald", sub, roles and exp, under keys of their own that may be replaced while the
 * server runs. Thread-safe.
 */
public final class CallerTokens {
    static final String AUDIENCE = "herald";
    private static final int MAX_LENGTH = 4096;
    private static final int REMEMBERED = 8_192;
    /** What strangers may fill. */
    private static final int REFUSED_REMEMBERED = 256;

    private static final int REFUSED_SECONDS = 5;

    private final Clock clock;
    private final VerifiedTokens<Known> genuine = new VerifiedTokens<>(REMEMBERED, MAX_LENGTH);
    /** Dear ones, which a caller in a loop shows again whose token has expired. */
    private final VerifiedTokens<Known> refused = new VerifiedTokens<>(REFUSED_REMEMBERED, MAX_LENGTH);

    private volatile CallerVerifiers verifiers;

    /** What a token was found to say, from that second on until another, by these keys. */
    record Known(Optional<Caller> caller, long since, long until, CallerVerifiers by) {
        boolean holds(long now, CallerVerifiers present) {
            return by == present && since <= now && now < until;
        }
    }

    /**
     * A token that is not verified yet.
     *
     * @param content null where it is no token at all
     * @param verifier of the key that decides; null where none does
     * @param by the keys that count
     */
    record Unverified(
            String token,
            @Nullable DecodedJWT content,
            CallerVerifiers.@Nullable Verifier verifier,
            CallerVerifiers by) {
        /** Whether to verify it takes long. */
        boolean isDear() {
            return verifier != null && verifier.isDear();
        }
    }

    public CallerTokens(CallerKeys keys, Clock clock) {
        this.clock = clock;
        this.verifiers = new CallerVerifiers(keys, clock);
    }

    /** With the shared key alone. */
    public CallerTokens(Secret key, Clock clock) {
        this(new CallerKeys(Optional.of(key), Optional.empty()), clock);
    }

    /** The keys that count. */
    CallerKeys keys() {
        return verifiers.keys();
    }

    /** From now on these keys count and no others, for tokens seen before too. */
    public void replaceKeys(CallerKeys keys) {
        verifiers = new CallerVerifiers(keys, clock);
    }

    /**
     * A token for a caller, signed with the shared key.
     *
     * @throws IllegalStateException when there is none
     */
    public String issue(String subject, Set<Role> roles, Duration life) {
        Instant now = clock.instant();
        Algorithm key = verifiers.sharedKey();
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
        return known == null ? verify(read(token)) : known.caller;
    }

    /** What {@link #verify} found the last time, asked of memory alone; null where that doesn't hold, or nothing is known. */
    @Nullable
    Known known(String token) {
        long now = clock.instant().getEpochSecond();
        CallerVerifiers present = verifiers;
        Known found = genuine.find(token);
        if (found == null || !found.holds(now, present)) {
            found = refused.find(token);
        }
        return found != null && found.holds(now, present) ? found : null;
    }

    /** Reads a token that isn't known: which key decides is all that counts of it so far. */
    Unverified read(String token) {
        CallerVerifiers present = verifiers;
        try {
            if (token.length() <= MAX_LENGTH) {
                DecodedJWT content = JWT.decode(token);
                return new Unverified(token, content, present.of(content), present);
            }
        } catch (RuntimeException e) {
            // The library throws more than its own exceptions for hostile input; each means that it is no token.
        }
        return new Unverified(token, null, null, present);
    }

    /** Verifies it. */
    Optional<Caller> verify(Unverified shown) {
        long now = clock.instant().getEpochSecond();
        Optional<Caller> caller = verify(shown, now);
        if (caller.isEmpty() && shown.isDear()) {
            refused.keep(shown.token, new Known(caller, now, now + REFUSED_SECONDS, shown.by));
        }
        return caller;
    }

    private Optional<Caller> verify(Unverified shown, long now) {
        DecodedJWT content = shown.content;
        try {
            // java-jwt takes an exp of null for present and unlimited.
            if (content == null
                    || shown.verifier == null
                    || shown.verifier.verifier().verify(content).getExpiresAt() == null) {
                return Optional.empty();
            }
            Optional<Caller> caller = Optional.of(caller(content));
            genuine.keep(
                    shown.token,
                    new Known(caller, now, content.getExpiresAtAsInstant().getEpochSecond(), shown.by));
            return caller;
        } catch (RuntimeException e) {
            // As above; whatever is wrong means the same here.
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
