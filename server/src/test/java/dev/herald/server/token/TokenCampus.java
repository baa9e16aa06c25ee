package dev.herald.server.token;

import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.testing.TestDatabase;
import dev.herald.v1.TokenReason;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A database with students 1 to 5 and session 1 to 9, and the token room on it. */
final class TokenCampus implements AutoCloseable {
    final Database database = TestDatabase.open(TokenState.class);
    final Transactions transactions = database.transactions();
    final TokenStateRepository repository = new TokenStateRepository();
    final Clock clock = Clock.systemUTC();
    final TokenIssuer issuer = new TokenIssuer(ForgedToken.RING);
    final TokenVerifier verifier = new TokenVerifier(ForgedToken.RING, clock);
    final AtomicLong nanos = new AtomicLong();
    final TokenStateCache cache = new TokenStateCache(transactions, repository, nanos::get);
    final TokenValidator validator = new TokenValidator(verifier, cache, transactions, repository);
    final TokenConsumer consumer = new TokenConsumer(transactions, repository);
    final TokenRevoker revoker = new TokenRevoker(transactions, repository, verifier);
    final TokenGenerator generator = new TokenGenerator(transactions, issuer, clock);

    TokenCampus() {
        update(
                "INSERT INTO users SELECT i, 'u' || i || '@example.org', 'F', 'L', 'student' FROM generate_series(1, 5) i");
        update("INSERT INTO student_profiles SELECT i, i, 1 FROM generate_series(1, 5) i");
        update("INSERT INTO courses VALUES (1, 'CS', 'Computing')");
        update(
                "INSERT INTO sessions SELECT i, 1, 1, NULL, now(), now() + interval '1 hour' FROM generate_series(1, 9) i");
    }

    int update(String sql) {
        return TestDatabase.update(database.url(), sql);
    }

    /** A signed token without a notification, issued a few seconds ago. */
    String token(long student, long session) {
        return sign(issued(student, session));
    }

    /** A signed token of a notification, whose id is 100 times the session's plus the student's. */
    String mailedToken(long student, long session) {
        IssuedToken issued = issued(student, session);
        update(
                "INSERT INTO email_notifications (email_id, session_id, student_profile_id, token, jti, token_expires_at)"
                        + " VALUES (%d, %d, %d, '%s', '%s', now() + interval '10 minutes')"
                                .formatted(
                                        session * 100 + student,
                                        session,
                                        student,
                                        issued.signingInput(),
                                        issued.jti()));
        return sign(issued);
    }

    TokenClaims claims(String token) {
        return ((TokenVerdict.Valid) verifier.verify(token)).claims();
    }

    /** What the database says of a token; unspecified when it is valid. */
    TokenReason strictly(String token) {
        return reason(validator
                .strict(List.of((TokenVerdict.Valid) verifier.verify(token)))
                .get(0));
    }

    /** What memory says, when it says anything. */
    Optional<TokenReason> fromMemory(String token) {
        return validator.cached((TokenVerdict.Valid) verifier.verify(token)).map(TokenCampus::reason);
    }

    static TokenReason reason(TokenVerdict verdict) {
        return verdict instanceof TokenVerdict.Refused refused
                ? refused.reason()
                : TokenReason.TOKEN_REASON_UNSPECIFIED;
    }

    @Override
    public void close() {
        database.close();
    }

    private IssuedToken issued(long student, long session) {
        Instant issuedAt = clock.instant().truncatedTo(ChronoUnit.SECONDS).minusSeconds(5);
        return issuer.issue(student, session, issuedAt, issuedAt.plusSeconds(605));
    }

    private String sign(IssuedToken issued) {
        return issuer.sign(issued.signingInput()).orElseThrow();
    }
}
