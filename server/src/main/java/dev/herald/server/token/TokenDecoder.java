package dev.herald.server.token;

import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.TokenReason;
import java.util.List;

/** Reads the claims of genuine tokens, whatever became of these. Thread-safe. */
public final class TokenDecoder {
    private final TokenVerifier verifier;

    public TokenDecoder(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * The claims.
     *
     * @throws HeraldException EXPIRED_TOKEN, and INVALID_TOKEN for every other fault
     */
    TokenClaims decode(String token) {
        TokenVerdict verdict = verifier.verify(token);
        if (verdict instanceof TokenVerdict.Valid valid) {
            return valid.claims();
        }
        if (((TokenVerdict.Refused) verdict).reason() == TokenReason.TOKEN_REASON_EXPIRED) {
            throw HeraldException.of(ErrorReason.ERROR_REASON_EXPIRED_TOKEN, "the token is genuine, and expired");
        }
        throw HeraldException.of(
                ErrorReason.ERROR_REASON_INVALID_TOKEN,
                List.of(new FieldFault(
                        "token", "INVALID_TOKEN", "must be a genuine token; ValidateToken tells what is wrong")));
    }
}
