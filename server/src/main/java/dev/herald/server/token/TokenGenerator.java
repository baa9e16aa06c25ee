package dev.herald.server.token;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.caller.Caller;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.SqlWork;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Makes a single token for whoever asks, without a notification; of an administrator's the audit tells. Thread-safe. */
public final class TokenGenerator {
    private final Transactions transactions;
    private final TokenIssuer issuer;
    private final Clock clock;
    private final AuditLog audit = new AuditLog();

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
        IssuedToken issued = issuer.issue(studentProfileId, sessionId, now, expiry);
        SqlWork<String> work = connection -> {
            requireSubjects(connection, studentProfileId, sessionId);
            String token = sign(issued);
            audit.writeIfAdministrator(connection, act(studentProfileId, sessionId, issued, expiry));
            return token;
        };
        // For a service it is one reading statement, and no more.
        String token = Caller.current().isAdministrator() ? transactions.writeSql(work) : transactions.readSql(work);
        return new GeneratedToken(token, expiry);
    }

    private String sign(IssuedToken issued) {
        return issuer.sign(issued.signingInput())
                .orElseThrow(() -> HeraldException.of(
                        ErrorReason.ERROR_REASON_TOKEN_GENERATION_FAILED, "the signing key has just gone; call again"));
    }

    private static Act act(long studentProfileId, long sessionId, IssuedToken issued, Instant expiry) {
        return Act.of("GenerateToken", "session/" + sessionId)
                .after(new Facts()
                        .with("student_profile_id", studentProfileId)
                        .with("jti", issued.jti())
                        .with("expires_at", expiry));
    }

    private static void requireSubjects(Connection connection, long studentProfileId, long sessionId)
            throws SQLException {
        TokenSubjects subjects = TokenSubjects.find(connection, sessionId, studentProfileId);
        if (!subjects.sessionExists()) {
            throw TokenSubjects.noSession(sessionId);
        }
        if (!subjects.studentExists()) {
            throw TokenSubjects.noStudent(studentProfileId);
        }
    }
}
