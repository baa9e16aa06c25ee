package dev.herald.server.token;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.error.FieldFault;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Pseudonym;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ConsumeOutcome;
import dev.herald.v1.TokenReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.hibernate.StatelessSession;

/** Uses tokens up, each once; of those an administrator uses up the audit tells. Thread-safe. */
public final class TokenConsumer {
    private final Transactions transactions;
    private final TokenStateRepository repository;
    private final AuditLog audit = new AuditLog();

    public TokenConsumer(Transactions transactions, TokenStateRepository repository) {
        this.transactions = transactions;
        this.repository = repository;
    }

    /**
     * What came of it.
     *
     * @param reason why the token may not be used; unspecified unless the outcome is invalid
     * @param at when the token was used up; empty when the outcome is invalid
     */
    record Consumption(ConsumeOutcome outcome, TokenReason reason, Optional<Instant> at) {
        static Consumption now(Instant at) {
            return used(ConsumeOutcome.CONSUME_OUTCOME_CONSUMED_NOW, at);
        }

        static Consumption already(Instant at) {
            return used(ConsumeOutcome.CONSUME_OUTCOME_ALREADY_CONSUMED, at);
        }

        static Consumption invalid(TokenReason reason) {
            return new Consumption(ConsumeOutcome.CONSUME_OUTCOME_INVALID, reason, Optional.empty());
        }

        private static Consumption used(ConsumeOutcome outcome, Instant at) {
            return new Consumption(outcome, TokenReason.TOKEN_REASON_UNSPECIFIED, Optional.of(at));
        }
    }

    /**
     * Uses up a verified token. Safe to repeat with the same request id.
     *
     * @param requestId names this use; empty when it has no name
     */
    Consumption consume(TokenClaims claims, String requestId) {
        if (requestId.chars().anyMatch(Character::isISOControl)) {
            throw HeraldException.invalidFields(
                    List.of(new FieldFault("request_id", "CONTROL_CHARACTER", "must hold no control characters")));
        }
        String name = Pseudonym.of(requestId);
        return transactions.write(session -> consume(session, claims, name));
    }

    private Consumption consume(StatelessSession session, TokenClaims claims, String requestId) {
        return Transactions.onConnection(session, connection -> consumeNow(connection, claims, requestId))
                .map(Consumption::now)
                .orElseGet(() -> repository
                        .find(session, claims.jti())
                        .map(state -> earlier(state, requestId))
                        .orElseGet(() -> Consumption.invalid(TokenReason.TOKEN_REASON_REVOKED)));
    }

    private Optional<Instant> consumeNow(Connection connection, TokenClaims claims, String requestId)
            throws SQLException {
        Optional<Instant> at = repository.consume(connection, claims, requestId);
        if (at.isPresent()) {
            Facts facts = new Facts()
                    .with("student_profile_id", claims.studentProfileId())
                    .with("jti", claims.jti());
            audit.writeIfAdministrator(
                    connection,
                    Act.of("ConsumeToken", "session/" + claims.sessionId())
                            .after(facts)
                            .requestId(requestId));
        }
        return at;
    }

    private static Consumption earlier(TokenState earlier, String requestId) {
        if (earlier.state() != TokenState.State.CONSUMED) {
            return Consumption.invalid(earlier.state().reason());
        }
        boolean repeated = !requestId.isEmpty()
                && earlier.requestId().filter(requestId::equals).isPresent();
        return repeated ? Consumption.now(earlier.at()) : Consumption.already(earlier.at());
    }
}
