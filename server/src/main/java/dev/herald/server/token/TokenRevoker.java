package dev.herald.server.token;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.TokenReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Makes tokens useless. Each method answers how many it revoked that could still be used. Thread-safe. */
public final class TokenRevoker {
    private final Transactions transactions;
    private final TokenStateRepository repository;
    private final TokenVerifier verifier;
    private final AuditLog audit = new AuditLog();

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
            int revoked = repository.revokeSession(connection, sessionId);
            return audited(connection, "session/" + sessionId, new Facts().with("revoked", revoked), revoked);
        });
    }

    /** Revokes the current tokens of these notifications; unknown ids are passed over. */
    int revokeNotifications(List<Long> emailIds) {
        long[] ids = emailIds.stream().mapToLong(Long::longValue).toArray();
        return transactions.writeSql(connection -> {
            int revoked = repository.revokeNotifications(connection, emailIds);
            Facts facts = new Facts()
                    .with("revoked", revoked)
                    .with("asked", ids.length)
                    .withIds("email_ids", ids);
            return audited(connection, "notifications", facts, revoked);
        });
    }

    /** Revokes these tokens; what is not genuine, or expired, is passed over. */
    int revokeTokens(List<String> tokens) {
        List<TokenClaims> claims = tokens.stream()
                .map(this::stillUsable)
                .flatMap(Optional::stream)
                .distinct()
                .toList();
        return transactions.writeSql(connection -> {
            int revoked = claims.isEmpty() ? 0 : repository.revokeTokens(connection, claims);
            Facts facts = new Facts()
                    .with("revoked", revoked)
                    .with("asked", tokens.size())
                    .withIds("session_ids", sessionIds(claims));
            return audited(connection, "tokens", facts, revoked);
        });
    }

    private int audited(Connection connection, String target, Facts facts, int revoked) throws SQLException {
        audit.write(connection, Act.of("RevokeTokens", target).after(facts));
        return revoked;
    }

    private static long[] sessionIds(List<TokenClaims> claims) {
        return claims.stream().mapToLong(TokenClaims::sessionId).distinct().toArray();
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
