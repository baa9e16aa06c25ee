package dev.herald.server.token;

import dev.herald.server.persistence.Transactions;
import dev.herald.v1.TokenReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says whether a token may be used, without any side effect. Thread-safe. */
public final class TokenValidator {
    private final TokenVerifier verifier;
    private final TokenStateCache cache;
    private final Transactions transactions;
    private final TokenStateRepository repository;

    public TokenValidator(
            TokenVerifier verifier, TokenStateCache cache, Transactions transactions, TokenStateRepository repository) {
        this.verifier = verifier;
        this.cache = cache;
        this.transactions = transactions;
        this.repository = repository;
    }

    /** By signature and times alone: the first step of every use of a token. Never waits, never throws. */
    TokenVerdict verify(String token) {
        return verifier.verify(token);
    }

    /** As of at most a second ago, without waiting; empty when only {@link #strict} can tell. */
    Optional<TokenVerdict> cached(TokenVerdict.Valid valid) {
        return cache.judge(valid);
    }

    /** As of now, by one read of the database for all of them; the verdicts in their order. */
    List<TokenVerdict> strict(List<TokenVerdict.Valid> tokens) {
        List<TokenClaims> claims =
                tokens.stream().map(TokenVerdict.Valid::claims).toList();
        List<Optional<TokenReason>> refusals =
                transactions.readSql(connection -> repository.refusals(connection, claims));
        List<TokenVerdict> verdicts = new ArrayList<>(tokens.size());
        for (int i = 0; i < tokens.size(); i++) {
            TokenVerdict.Valid token = tokens.get(i);
            verdicts.add(refusals.get(i)
                    .<TokenVerdict>map(reason -> TokenVerdict.Refused.genuine(reason, token.claims()))
                    .orElse(token));
        }
        return verdicts;
    }
}
