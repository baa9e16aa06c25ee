package dev.herald.server.token;

import dev.herald.v1.TokenReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What token_states said at one moment. A later snapshot shares the maps of the one before and adds to them: rows are never
 * taken back, only forgotten once their tokens have expired, which a full load does.
 */
final class TokenStateSnapshot {
    private final Map<String, TokenReason> tokens;
    private final Map<Long, Long> sessions;
    private final Map<Long, Long> students;
    private final long loadedAt;
    private final long asOf;

    private TokenStateSnapshot(
            Map<String, TokenReason> tokens,
            Map<Long, Long> sessions,
            Map<Long, Long> students,
            long loadedAt,
            long asOf) {
        this.tokens = tokens;
        this.sessions = sessions;
        this.students = students;
        this.loadedAt = loadedAt;
        this.asOf = asOf;
    }

    /** A full load that began at a time of the nanosecond clock. */
    static TokenStateSnapshot of(List<RememberedState> all, long start) {
        return new TokenStateSnapshot(
                        new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), start, start)
                .with(all, start);
    }

    /** This one with what was written since. */
    TokenStateSnapshot with(List<RememberedState> written, long start) {
        written.forEach(this::add);
        return new TokenStateSnapshot(tokens, sessions, students, loadedAt, start);
    }

    TokenVerdict judge(TokenVerdict.Valid valid) {
        TokenClaims claims = valid.claims();
        TokenReason reason = tokens.get(claims.jti());
        if (reason != null) {
            return TokenVerdict.Refused.genuine(reason, claims);
        }
        boolean withdrawn = reaches(sessions.get(claims.sessionId()), claims)
                || reaches(students.get(claims.studentProfileId()), claims);
        return withdrawn ? TokenVerdict.Refused.genuine(TokenReason.TOKEN_REASON_REVOKED, claims) : valid;
    }

    /** When the full load began. */
    long loadedAt() {
        return loadedAt;
    }

    /** When the last refresh began. */
    long asOf() {
        return asOf;
    }

    private void add(RememberedState state) {
        if (state.jti() != null) {
            tokens.put(state.jti(), state.reason());
        } else if (state.sessionId() != 0) {
            sessions.merge(state.sessionId(), state.at(), Math::max);
        } else {
            students.merge(state.studentProfileId(), state.at(), Math::max);
        }
    }

    private static boolean reaches(@Nullable Long revokedAt, TokenClaims claims) {
        return revokedAt != null && revokedAt >= claims.issuedAt();
    }
}
