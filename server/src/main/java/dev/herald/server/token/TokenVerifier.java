package dev.herald.server.token;

import dev.herald.server.caller.VerifiedTokens;
import dev.herald.v1.TokenReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks a token by its signature and times alone, in the contract's order, without any side effect. A forged or broken
 * token is an answer: nothing a caller sends makes it throw. By CPU alone: a few microseconds, and less for a token it
 * remembers. Thread-safe.
 */
public final class TokenVerifier {
    /** A longer token is refused unread. */
    static final int MOST_CHARACTERS = 4096;

    /** How far an issuer's clock may be ahead of ours. An expiry has no such leeway. */
    private static final long LEEWAY_SECONDS = 60;

    private static final int REMEMBERED = 8_192;

    private final Supplier<KeyRing> keys;
    private final Clock clock;
    /** Genuine by a ring that counts as long as it is the present one. Their times are looked at each time. */
    private final VerifiedTokens<Genuine> genuine = new VerifiedTokens<>(REMEMBERED);

    /** What a genuine token says, from when it counts, and by which keys. */
    private record Genuine(TokenVerdict.Valid token, long notBefore, KeyRing by) {}

    TokenVerifier(KeyRing keys, Clock clock) {
        this(() -> keys, clock);
    }

    /** With keys that may be others each time. */
    public TokenVerifier(Supplier<KeyRing> keys, Clock clock) {
        this.keys = keys;
        this.clock = clock;
    }

    /** The verdict; whether a genuine token was revoked, superseded or consumed is not looked up. */
    public TokenVerdict verify(String token) {
        KeyRing ring = keys.get();
        Genuine known = genuine.find(token);
        if (known != null && known.by == ring) {
            return timed(known);
        }
        try {
            CompactToken parts = token.length() > MOST_CHARACTERS ? null : CompactToken.split(token);
            return parts == null ? malformed() : verify(token, parts, ring);
        } catch (IOException | RuntimeException e) {
            // The message may hold the payload, so it goes nowhere.
            return malformed();
        }
    }

    private TokenVerdict verify(String whole, CompactToken token, KeyRing ring) throws IOException {
        TokenHeader header = ring.header(token.header());
        if (header == null) {
            return malformed();
        }
        byte[] payload = CompactToken.decode(token.payload());
        ClaimsReader claims = new ClaimsReader();
        claims.read(payload);
        if (header.fault() != TokenReason.TOKEN_REASON_UNSPECIFIED) {
            return TokenVerdict.Refused.forged(header.fault());
        }
        TokenKey key = header.kid() == null ? null : ring.byKid(header.kid());
        if (key == null) {
            return TokenVerdict.Refused.forged(TokenReason.TOKEN_REASON_UNKNOWN_KEY);
        }
        return isGenuine(token, payload, key)
                ? judge(whole, claims, ring)
                : TokenVerdict.Refused.forged(TokenReason.TOKEN_REASON_BAD_SIGNATURE);
    }

    /** Compares spellings, not bytes: a token has one spelling only, down to the unused bits of its last character. */
    private static boolean isGenuine(CompactToken token, byte[] payload, TokenKey key) {
        boolean canonical = CompactToken.isCanonical(token.payload(), payload)
                && (token.header().equals(key.header())
                        || CompactToken.isCanonical(token.header(), CompactToken.decode(token.header())));
        String signature = key.signature(token.header(), token.payload());
        return MessageDigest.isEqual(bytes(signature), bytes(token.signature())) && canonical;
    }

    private TokenVerdict judge(String whole, ClaimsReader reader, KeyRing ring) {
        TokenClaims claims = reader.claims();
        if (claims == null) {
            return malformed();
        }
        Genuine found = new Genuine(new TokenVerdict.Valid(claims), reader.notBefore(), ring);
        TokenVerdict verdict = timed(found);
        if (verdict instanceof TokenVerdict.Valid) {
            genuine.keep(whole, found);
        }
        return verdict;
    }

    private TokenVerdict timed(Genuine found) {
        TokenClaims claims = found.token.claims();
        TokenReason fault = timing(claims, found.notBefore);
        return fault == null ? found.token : TokenVerdict.Refused.genuine(fault, claims);
    }

    private @Nullable TokenReason timing(TokenClaims claims, long notBefore) {
        long now = Math.floorDiv(clock.millis(), 1000L);
        if (Math.max(claims.issuedAt(), notBefore) - LEEWAY_SECONDS > now) {
            return TokenReason.TOKEN_REASON_NOT_YET_VALID;
        }
        return claims.expiresAt() <= now ? TokenReason.TOKEN_REASON_EXPIRED : null;
    }

    private static TokenVerdict malformed() {
        return TokenVerdict.Refused.forged(TokenReason.TOKEN_REASON_MALFORMED);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
