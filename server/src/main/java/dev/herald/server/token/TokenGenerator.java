package dev.herald.server.token;

import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Makes a single token for whoever asks, without a notification. Thread-safe. */
public final class TokenGenerator {
    private final Transactions transactions;
    private final TokenIssuer issuer;
    private final Clock clock;

    public TokenGenerator(Transactions transactions, TokenIssuer issuer, Clock clock) {
        this.transactions = transactions;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** A signed token, and when it expires. */
    record GeneratedToken(String token, Instant expiresAt) {}

    /**
     * Makes a token that expires at the given time, cut to whole seconds and before the year 10000.
     *
     * @throws HeraldException INVALID_TOKEN_EXPIRY, SESSION_NOT_FOUND, STUDENT_NOT_FOUND
     */
    GeneratedToken generate(long studentProfileId, long sessionId, Instant expiresAt) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Instant expiry = expiresAt.truncatedTo(ChronoUnit.SECONDS);
        if (!expiry.isAfter(now)) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_INVALID_TOKEN_EXPIRY,
                    List.of(new FieldFault("expires_at", "MUST_BE_IN_FUTURE", "must be in the future")));
        }
        requireSubjects(studentProfileId, sessionId);
        return new GeneratedToken(token(studentProfileId, sessionId, now, expiry), expiry);
    }

    private String token(long studentProfileId, long sessionId, Instant now, Instant expiry) {
        IssuedToken issued = issuer.issue(studentProfileId, sessionId, now, expiry);
        return issuer.sign(issued.signingInput())
                .orElseThrow(() -> HeraldException.of(
                        ErrorReason.ERROR_REASON_TOKEN_GENERATION_FAILED, "the signing key has just gone; call again"));
    }

    private void requireSubjects(long studentProfileId, long sessionId) {
        TokenSubjects subjects =
                transactions.readSql(connection -> TokenSubjects.find(connection, sessionId, studentProfileId));
        if (!subjects.sessionExists()) {
            throw TokenSubjects.noSession(sessionId);
        }
        if (!subjects.studentExists()) {
            throw TokenSubjects.noStudent(studentProfileId);
        }
    }
}
