package dev.herald.server.token;

import dev.herald.v1.TokenReason;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.EnumeratedValue;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** That one token may not be used any more, and why. */
@Entity
@Table(name = "token_states")
public class TokenState {
    /** Why. */
    enum State {
        REVOKED("revoked", TokenReason.TOKEN_REASON_REVOKED),
        SUPERSEDED("superseded", TokenReason.TOKEN_REASON_SUPERSEDED),
        CONSUMED("consumed", TokenReason.TOKEN_REASON_CONSUMED);

        @EnumeratedValue
        private final String word;

        private final TokenReason reason;

        State(String word, TokenReason reason) {
            this.word = word;
            this.reason = reason;
        }

        /** The state that the database calls so. */
        static State of(String word) {
            return Stream.of(values())
                    .filter(state -> state.word.equals(word))
                    .findFirst()
                    .orElseThrow();
        }

        TokenReason reason() {
            return reason;
        }
    }

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    @Column(name = "token_state_id")
    private Long tokenStateId;

    @Column(name = "jti")
    private String jti;

    @Column(name = "session_id")
    private Long sessionId;

    @Column(name = "student_profile_id")
    private Long studentProfileId;

    @Enumerated(EnumType.STRING)
    @Column(name = "state", nullable = false)
    private State state;

    @Column(name = "request_id")
    private @Nullable String requestId;

    @Column(name = "at", nullable = false)
    private Instant at;

    @Column(name = "expires_at", nullable = false)
    private Instant expiresAt;

    protected TokenState() {}

    TokenState(TokenClaims claims, State state, @Nullable String requestId, Instant at) {
        this.jti = claims.jti();
        this.sessionId = claims.sessionId();
        this.studentProfileId = claims.studentProfileId();
        this.state = state;
        this.requestId = requestId;
        this.at = at;
        this.expiresAt = Instant.ofEpochSecond(claims.expiresAt());
    }

    String jti() {
        return jti;
    }

    long sessionId() {
        return sessionId;
    }

    long studentProfileId() {
        return studentProfileId;
    }

    State state() {
        return state;
    }

    /** Which use consumed it, when that had a name. */
    Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** Since when, by the database's clock. */
    Instant at() {
        return at;
    }

    /** When the token expires, and this row may go. */
    Instant expiresAt() {
        return expiresAt;
    }
}
