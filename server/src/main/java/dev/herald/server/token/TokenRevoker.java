package dev.herald.server.token;

import dev.herald.server.persistence.Transactions;
import dev.herald.v1.TokenReason;
import java.util.List;
import java.util.Optional;

/** Makes tokens useless. Each method answers how many it revoked that could still be used. Thread-safe. */
public final class TokenRevoker {
    private final Transactions transactions;
    private final TokenStateRepository repository;
    private final TokenVerifier verifier;

    public TokenRevoker(Transactions transactions, TokenStateRepository repository, TokenVerifier verifier) {
        this.transactions = transactions;
        this.repository = repository;
        this.verifier = verifier;
    }

    /**
     * Revokes every token of the session issued until now; those without a notification aren't counted.
     *
     * @throws dev.herald.server.error.HeraldException SESSION_NOT_FOUND
     */
    int revokeSession(long sessionId) {
        return transactions.writeSql(connection -> {
            if (!TokenSubjects.find(connection, sessionId, 0).sessionExists()) {
                throw TokenSubjects.noSession(sessionId);
            }
            return repository.revokeSession(connection, sessionId);
        });
    }

    /** Revokes the current tokens of these notifications; unknown ids are passed over. */
    int revokeNotifications(List<Long> emailIds) {
        return transactions.writeSql(connection -> repository.revokeNotifications(connection, emailIds));
    }

    /** Revokes these tokens; what is not genuine, or expired, is passed over. */
    int revokeTokens(List<String> tokens) {
        List<TokenClaims> claims = tokens.stream()
                .map(this::stillUsable)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        return claims.isEmpty() ? 0 : transactions.writeSql(connection -> repository.revokeTokens(connection, claims));
    }

    /** One that may only be used later counts too. */
    private Optional<TokenClaims> stillUsable(String token) {
        TokenVerdict verdict = verifier.verify(token);
        if (verdict instanceof TokenVerdict.Valid valid) {
            return Optional.of(valid.claims());
        }
        TokenVerdict.Refused refused = (TokenVerdict.Refused) verdict;
        return refused.claims().filter(claims -> refused.reason() == TokenReason.TOKEN_REASON_NOT_YET_VALID);
    }
}
