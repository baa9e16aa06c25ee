package dev.herald.server.token;

import dev.herald.v1.TokenReason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.hibernate.StatelessSession;

/**
 * The only writer of token_states, besides the triggers that revoke what is deleted. A token's row is written once and
 * kept: whatever comes later finds it as it is. Each method is one statement of the caller's transaction. Thread-safe.
 */
public final class TokenStateRepository {
    /** Behind the expiry, because replicas' clocks differ and a token forgotten too early would be valid again. */
    private static final String KEPT = "interval '60 seconds'";

    /** How many states of expired tokens one transaction deletes at most. */
    public static final int PURGED_AT_ONCE = 10_000;

    private static final String PRESENT = "EXISTS (SELECT FROM sessions WHERE session_id = ?)"
            + " AND EXISTS (SELECT FROM student_profiles WHERE student_profile_id = ?)";

    /** iat is in whole seconds, so a token of the revocation's own second counts as issued before it. */
    private static final String WITHDRAWN = "(EXISTS (SELECT FROM token_states w"
            + " WHERE w.jti IS NULL AND w.session_id = ? AND w.at >= to_timestamp(?))"
            + " OR EXISTS (SELECT FROM token_states w"
            + " WHERE w.jti IS NULL AND w.student_profile_id = ? AND w.at >= to_timestamp(?)))";

    /** Scalar subqueries, each a look at a unique index: EXISTS might be planned as a hash of the whole table. */
    private static final String REFUSALS = """
            SELECT place,
                (SELECT true FROM sessions s WHERE s.session_id = t.session_id)
                    AND (SELECT true FROM student_profiles p WHERE p.student_profile_id = t.student_profile_id),
                (SELECT state FROM token_states w WHERE w.jti = t.jti),
                (SELECT w.at >= to_timestamp(t.issued_at) FROM token_states w
                    WHERE w.jti IS NULL AND w.session_id = t.session_id)
                OR (SELECT w.at >= to_timestamp(t.issued_at) FROM token_states w
                    WHERE w.jti IS NULL AND w.student_profile_id = t.student_profile_id)
            FROM unnest(?, ?, ?, ?) WITH ORDINALITY AS t (jti, session_id, student_profile_id, issued_at, place)
            """;

    private static final String CONSUME =
            "INSERT INTO token_states (jti, session_id, student_profile_id, state, request_id, at, expires_at)"
                    + " SELECT ?, ?, ?, 'consumed', nullif(?, ''), clock_timestamp(), to_timestamp(?)"
                    + " WHERE " + PRESENT + " AND NOT " + WITHDRAWN
                    + " ON CONFLICT (jti) DO NOTHING RETURNING at";

    /** Ordered, so that two of these never wait for each other. */
    private static final String KEEP_FIRST = " ORDER BY jti COLLATE \"C\" ON CONFLICT (jti) DO NOTHING";

    private static final String REVOKE_MAILED =
            "INSERT INTO token_states (jti, session_id, student_profile_id, state, expires_at)"
                    + " SELECT jti, session_id, student_profile_id, 'revoked', token_expires_at"
                    + " FROM email_notifications WHERE token_expires_at > now() AND ";

    private static final String REVOKE_SESSION = "INSERT INTO token_states (session_id, state, expires_at)"
            + " VALUES (?, 'revoked', 'infinity')"
            + " ON CONFLICT (session_id) WHERE jti IS NULL DO UPDATE SET at = greatest(token_states.at, EXCLUDED.at)";

    private static final String SPEND =
            "INSERT INTO token_states (jti, session_id, student_profile_id, expires_at, state)"
                    + " SELECT t.jti, t.session_id, t.student_profile_id, to_timestamp(t.expires_at), ";

    private static final String SUPERSEDE =
            SPEND + "'superseded' FROM unnest(?, ?, ?, ?) AS t (jti, session_id, student_profile_id, expires_at)";

    private static final String REVOKE = SPEND
            + "'revoked' FROM unnest(?, ?, ?, ?, ?) AS t (jti, session_id, student_profile_id, expires_at, issued_at)"
            + " WHERE NOT EXISTS (SELECT FROM token_states w WHERE w.jti IS NULL AND w.at >= to_timestamp(t.issued_at)"
            + " AND (w.session_id = t.session_id OR w.student_profile_id = t.student_profile_id))";

    private static final String CHANGED = "SELECT jti, session_id, student_profile_id, state,"
            + " floor(extract(epoch FROM at))::bigint FROM token_states"
            + " WHERE at >= now() - make_interval(secs => ?) AND expires_at > now() - " + KEPT;

    private static final String PURGE = "DELETE FROM token_states WHERE token_state_id IN"
            + " (SELECT token_state_id FROM token_states WHERE expires_at < now() - " + KEPT
            + " LIMIT " + PURGED_AT_ONCE + ")";

    /**
     * Why genuine tokens may not be used: gone with session or student, spent, or withdrawn with either; empty where nothing
     * speaks against it. In the tokens' order.
     */
    List<Optional<TokenReason>> refusals(Connection connection, List<TokenClaims> tokens) throws SQLException {
        List<Optional<TokenReason>> refusals = new ArrayList<>(Collections.nCopies(tokens.size(), Optional.empty()));
        try (PreparedStatement statement = connection.prepareStatement(REFUSALS)) {
            statement.setObject(1, texts(tokens, TokenClaims::jti));
            statement.setObject(2, numbers(tokens, TokenClaims::sessionId));
            statement.setObject(3, numbers(tokens, TokenClaims::studentProfileId));
            statement.setObject(4, numbers(tokens, TokenClaims::issuedAt));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    refusals.set(rows.getInt(1) - 1, refusal(rows));
                }
            }
        }
        return refusals;
    }

    /** Uses the token up, when nothing speaks against it and nobody has; answers when. */
    Optional<Instant> consume(Connection connection, TokenClaims claims, String requestId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CONSUME)) {
            statement.setString(1, claims.jti());
            statement.setLong(2, claims.sessionId());
            statement.setLong(3, claims.studentProfileId());
            statement.setString(4, requestId);
            statement.setLong(5, claims.expiresAt());
            statement.setLong(6, claims.sessionId());
            statement.setLong(7, claims.studentProfileId());
            setWithdrawn(statement, 8, claims);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(instant(row)) : Optional.empty();
            }
        }
    }

    /** What is remembered of one token. */
    Optional<TokenState> find(StatelessSession session, String jti) {
        return session.createSelectionQuery("from TokenState where jti = :jti", TokenState.class)
                .setParameter("jti", jti)
                .uniqueResultOptional();
    }

    /**
     * Revokes every token of the session issued until now, with and without a notification.
     *
     * @return how many notifications' tokens this revoked
     */
    public int revokeSession(Connection connection, long sessionId) throws SQLException {
        int revoked;
        try (PreparedStatement mailed = connection.prepareStatement(REVOKE_MAILED + "session_id = ?" + KEEP_FIRST)) {
            mailed.setLong(1, sessionId);
            revoked = mailed.executeUpdate();
        }
        try (PreparedStatement whole = connection.prepareStatement(REVOKE_SESSION)) {
            whole.setLong(1, sessionId);
            whole.executeUpdate();
        }
        return revoked;
    }

    /** Revokes the current tokens of these notifications; how many this revoked. */
    public int revokeNotifications(Connection connection, List<Long> emailIds) throws SQLException {
        try (PreparedStatement mailed =
                connection.prepareStatement(REVOKE_MAILED + "email_id = ANY (?)" + KEEP_FIRST)) {
            mailed.setObject(1, numbers(emailIds, Long::longValue));
            return mailed.executeUpdate();
        }
    }

    /** Revokes these tokens; how many this revoked. */
    int revokeTokens(Connection connection, List<TokenClaims> tokens) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REVOKE + KEEP_FIRST)) {
            statement.setObject(1, texts(tokens, TokenClaims::jti));
            statement.setObject(2, numbers(tokens, TokenClaims::sessionId));
            statement.setObject(3, numbers(tokens, TokenClaims::studentProfileId));
            statement.setObject(4, numbers(tokens, TokenClaims::expiresAt));
            statement.setObject(5, numbers(tokens, TokenClaims::issuedAt));
            return statement.executeUpdate();
        }
    }

    /** Notes that newer tokens took the place of these; how many were not spent before. */
    public int supersede(Connection connection, List<SpentToken> tokens) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SUPERSEDE + KEEP_FIRST)) {
            statement.setObject(1, texts(tokens, SpentToken::jti));
            statement.setObject(2, numbers(tokens, SpentToken::sessionId));
            statement.setObject(3, numbers(tokens, SpentToken::studentProfileId));
            statement.setObject(4, numbers(tokens, token -> token.expiresAt().getEpochSecond()));
            return statement.executeUpdate();
        }
    }

    /** Forgets tokens that have expired, at most 10,000; how many. */
    public int purgeExpired(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PURGE)) {
            return statement.executeUpdate();
        }
    }

    /** What was written within the last so many seconds and still matters. */
    List<RememberedState> changedWithin(Connection connection, double seconds) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CHANGED)) {
            statement.setDouble(1, seconds);
            try (ResultSet rows = statement.executeQuery()) {
                return RememberedState.all(rows);
            }
        }
    }

    private static <T> String[] texts(List<T> items, Function<T, String> column) {
        return items.stream().map(column).toArray(String[]::new);
    }

    private static <T> long[] numbers(List<T> items, ToLongFunction<T> column) {
        return items.stream().mapToLong(column).toArray();
    }

    private static Optional<TokenReason> refusal(ResultSet row) throws SQLException {
        boolean present = row.getBoolean(2);
        String state = row.getString(3);
        boolean withdrawn = row.getBoolean(4);
        if (present && state != null) {
            return Optional.of(TokenState.State.of(state).reason());
        }
        return present && !withdrawn ? Optional.empty() : Optional.of(TokenReason.TOKEN_REASON_REVOKED);
    }

    private static void setWithdrawn(PreparedStatement statement, int first, TokenClaims claims) throws SQLException {
        statement.setLong(first, claims.sessionId());
        statement.setLong(first + 1, claims.issuedAt());
        statement.setLong(first + 2, claims.studentProfileId());
        statement.setLong(first + 3, claims.issuedAt());
    }

    private static Instant instant(ResultSet row) throws SQLException {
        return Objects.requireNonNull(row.getObject(1, OffsetDateTime.class)).toInstant();
    }
}
