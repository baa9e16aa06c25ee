package dev.herald.server.token;

import dev.herald.v1.TokenReason;
import java.util.Optional;

/** What became of a token's check. */
public sealed interface TokenVerdict {
    /** It may be used. */
    record Valid(TokenClaims claims) implements TokenVerdict {}

    /**
     * It may not be used.
     *
     * @param reason why not; never unspecified
     * @param claims what it says, when it is genuine; empty when it is not
     */
    record Refused(TokenReason reason, Optional<TokenClaims> claims) implements TokenVerdict {
        static Refused forged(TokenReason reason) {
            return new Refused(reason, Optional.empty());
        }

        static Refused genuine(TokenReason reason, TokenClaims claims) {
            return new Refused(reason, Optional.of(claims));
        }
    }
}
