package dev.herald.server.request;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Pseudonym;
import dev.herald.server.persistence.Transactions;
import dev.herald.v1.ErrorReason;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.hibernate.StatelessSession;

/**
 * Request ids (AIP-155): the same id within 24 hours gets the first answer again, with another payload it is refused. The
 * entry is written in the transaction of the work, so that there is never one without the other; a second call that arrives
 * meanwhile waits for the first. Thread-safe.
 */
public final class RequestLedger {
    /** How many answers are forgotten at once. */
    public static final int PURGED_AT_ONCE = 10_000;

    /**
     * Does the work, or answers as the first call with this id did.
     *
     * @param requestId empty for a call that doesn't ask for this
     * @throws HeraldException REQUEST_ID_REUSED when the id came with another payload
     */
    public <A extends Message> A once(
            StatelessSession session,
            String method,
            String requestId,
            Message request,
            Parser<A> parser,
            Supplier<A> work) {
        if (requestId.isEmpty()) {
            return work.get();
        }
        String name = Pseudonym.of(requestId);
        byte[] hash = hash(request);
        boolean first = Transactions.onConnection(session, connection -> reserve(connection, method, name, hash));
        if (!first) {
            return Transactions.onConnection(
                    session, connection -> firstAnswer(connection, method, name, hash, parser));
        }
        A answer = work.get();
        Transactions.onConnection(session, connection -> keep(connection, method, name, answer));
        return answer;
    }

    /** Forgets answers older than 24 hours, at most {@link #PURGED_AT_ONCE}; how many. */
    public int purge(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                DELETE FROM request_results
                WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM request_results
                    WHERE created_at < now() - interval '24 hours' ORDER BY created_at LIMIT ? FOR UPDATE SKIP LOCKED))
                """)) {
            statement.setInt(1, PURGED_AT_ONCE);
            return statement.executeUpdate();
        }
    }

    private static boolean reserve(Connection connection, String method, String requestId, byte[] hash)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO request_results (method, request_id, payload_hash) VALUES (?, ?, ?)
                ON CONFLICT (method, request_id) DO UPDATE
                SET payload_hash = EXCLUDED.payload_hash, response = NULL, created_at = now()
                WHERE request_results.created_at < now() - interval '24 hours'
                """)) {
            statement.setString(1, method);
            statement.setString(2, requestId);
            statement.setBytes(3, hash);
            return statement.executeUpdate() == 1;
        }
    }

    private static <A extends Message> A firstAnswer(
            Connection connection, String method, String requestId, byte[] hash, Parser<A> parser) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT payload_hash, response FROM request_results WHERE method = ? AND request_id = ?")) {
            statement.setString(1, method);
            statement.setString(2, requestId);
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                if (!MessageDigest.isEqual(hash, rows.getBytes(1))) {
                    throw HeraldException.of(
                            ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
                            "request_id was used with another payload; use a new one",
                            Map.of("request_id", requestId));
                }
                return parser.parseFrom(Objects.requireNonNull(rows.getBytes(2)));
            }
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the stored answer of " + method + " can't be read", e);
        }
    }

    private static int keep(Connection connection, String method, String requestId, Message answer)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE request_results SET response = ? WHERE method = ? AND request_id = ?")) {
            statement.setBytes(1, answer.toByteArray());
            statement.setString(2, method);
            statement.setString(3, requestId);
            return statement.executeUpdate();
        }
    }

    private static byte[] hash(Message request) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(request.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
