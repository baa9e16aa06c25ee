package dev.herald.server.delivery;

import dev.herald.server.persistence.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leases and results: what becomes of claimed mails ({@link ClaimRepository}). Every statement handles a batch, takes its time from the
 * database, and changes only rows whose fencing token is still the claim's.
 */
final class OutboxRepository {
    private final Duration lease;

    OutboxRepository(Duration lease) {
        this.lease = lease;
    }

    /** Notes that a suspect is being handled now; false when its lease is lost. */
    boolean start(Connection connection, Claim claim) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "UPDATE outbox SET started = true WHERE ref_id = ? AND kind = ? AND fencing_token = ?")) {
            statement.setLong(1, claim.refId());
            statement.setString(2, claim.kind());
            statement.setLong(3, claim.fencingToken());
            return statement.executeUpdate() == 1;
        }
    }

    /** Prolongs leases; those still held. */
    Set<Claim> renew(Connection connection, List<Claim> claims) throws SQLException {
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                UPDATE outbox o
                SET lease_until = now() + ? * interval '1 millisecond'
                FROM unnest(?::text[], ?::bigint[], ?::bigint[]) WITH ORDINALITY AS held (kind, ref_id, fencing_token, place)
                WHERE o.ref_id = held.ref_id AND o.kind = held.kind AND o.fencing_token = held.fencing_token
                    AND o.lease_until IS NOT NULL
                RETURNING held.place
                """)) {
            statement.setLong(1, lease.toMillis());
            bindClaims(statement, 2, claims);
            return claimsAt(statement, claims);
        }
    }

    /** Gives claims back as they were. */
    Set<Claim> release(Connection connection, List<Claim> claims) throws SQLException {
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                UPDATE outbox o
                SET lease_owner = NULL, lease_until = NULL, started = false
                FROM unnest(?::text[], ?::bigint[], ?::bigint[]) WITH ORDINALITY AS held (kind, ref_id, fencing_token, place)
                WHERE o.ref_id = held.ref_id AND o.kind = held.kind AND o.fencing_token = held.fencing_token
                RETURNING held.place
                """)) {
            bindClaims(statement, 1, claims);
            return claimsAt(statement, claims);
        }
    }

    /** Gives claims back, to be taken when the others that are due now have been. */
    Set<Claim> sendBehind(Connection connection, List<Claim> claims) throws SQLException {
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                UPDATE outbox o
                SET lease_owner = NULL, lease_until = NULL, started = false,
                    rank = (extract(epoch FROM now()) * 1000000)::bigint + 60000000
                FROM unnest(?::text[], ?::bigint[], ?::bigint[]) WITH ORDINALITY AS held (kind, ref_id, fencing_token, place)
                WHERE o.ref_id = held.ref_id AND o.kind = held.kind AND o.fencing_token = held.fencing_token
                RETURNING held.place
                """)) {
            bindClaims(statement, 1, claims);
            return claimsAt(statement, claims);
        }
    }

    /** Takes delivered mails, or those without a record, off the queue. */
    Set<Claim> delete(Connection connection, List<Claim> claims) throws SQLException {
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                DELETE FROM outbox o
                USING unnest(?::text[], ?::bigint[], ?::bigint[]) WITH ORDINALITY AS held (kind, ref_id, fencing_token, place)
                WHERE o.ref_id = held.ref_id AND o.kind = held.kind AND o.fencing_token = held.fencing_token
                RETURNING held.place
                """)) {
            bindClaims(statement, 1, claims);
            return claimsAt(statement, claims);
        }
    }

    /** Puts mails back with a delay, their attempt charged. */
    Set<Claim> postpone(Connection connection, List<DeliveryResult.Postponed> results) throws SQLException {
        List<Claim> claims = results.stream().map(DeliveryResult::claim).toList();
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                UPDATE outbox o
                SET attempts = o.attempts + 1, due_at = now() + delay_ms * interval '1 millisecond',
                    rank = (extract(epoch FROM now()) * 1000000)::bigint + delay_ms * 1000, last_error = error,
                    lease_owner = NULL, lease_until = NULL, suspect = false, started = false, lost_leases = 0
                FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[], ?::text[]) WITH ORDINALITY
                    AS held (kind, ref_id, fencing_token, delay_ms, error, place)
                WHERE o.ref_id = held.ref_id AND o.kind = held.kind AND o.fencing_token = held.fencing_token
                RETURNING held.place
                """)) {
            bindClaims(statement, 1, claims);
            statement.setObject(
                    4, SqlArrays.longs(results, result -> result.delay().toMillis()));
            statement.setArray(
                    5,
                    SqlArrays.texts(
                            connection, results, result -> result.attempt().reply()));
            return claimsAt(statement, claims);
        }
    }

    /** Gives claims back, due after a delay, uncharged. */
    Set<Claim> defer(Connection connection, List<DeliveryResult.Deferred> results) throws SQLException {
        List<Claim> claims = results.stream().map(DeliveryResult::claim).toList();
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                UPDATE outbox o
                SET due_at = now() + delay_ms * interval '1 millisecond',
                    rank = greatest(o.rank, (extract(epoch FROM now()) * 1000000)::bigint + delay_ms * 1000),
                    lease_owner = NULL, lease_until = NULL, started = false
                FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[]) WITH ORDINALITY
                    AS held (kind, ref_id, fencing_token, delay_ms, place)
                WHERE o.ref_id = held.ref_id AND o.kind = held.kind AND o.fencing_token = held.fencing_token
                RETURNING held.place
                """)) {
            bindClaims(statement, 1, claims);
            statement.setObject(
                    4, SqlArrays.longs(results, result -> result.delay().toMillis()));
            return claimsAt(statement, claims);
        }
    }

    /** Parks mails that were given up, for a retry by hand. */
    Set<Claim> park(Connection connection, List<DeliveryResult.Failed> results) throws SQLException {
        List<Claim> claims = results.stream().map(DeliveryResult::claim).toList();
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                UPDATE outbox o
                SET parked = true, last_error = error, lease_owner = NULL, lease_until = NULL, started = false
                FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[]) WITH ORDINALITY
                    AS held (kind, ref_id, fencing_token, error, place)
                WHERE o.ref_id = held.ref_id AND o.kind = held.kind AND o.fencing_token = held.fencing_token
                RETURNING held.place
                """)) {
            bindClaims(statement, 1, claims);
            statement.setArray(4, SqlArrays.texts(connection, results, DeliveryResult.Failed::detail));
            return claimsAt(statement, claims);
        }
    }

    /** Keeps the attempts behind results. */
    void insertAttempts(Connection connection, List<DeliveryResult> results) throws SQLException {
        List<DeliveryResult> made = results.stream()
                .filter(result -> result.madeAttempt().isPresent())
                .toList();
        if (made.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO delivery_attempts (kind, ref_id, attempted_at, relay, smtp_code, enhanced_code, reply, duration_ms, outcome)
                SELECT kind, ref_id, to_timestamp(at_micros / 1000000.0), relay, smtp_code, enhanced_code, reply, duration_ms, outcome
                FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::bigint[], ?::text[])
                    AS made (kind, ref_id, at_micros, relay, smtp_code, enhanced_code, reply, duration_ms, outcome)
                """)) {
            List<Attempt> attempts = made.stream()
                    .map(result -> result.madeAttempt().orElseThrow())
                    .toList();
            statement.setArray(
                    1,
                    SqlArrays.texts(connection, made, result -> result.claim().kind()));
            statement.setObject(
                    2, SqlArrays.longs(made, result -> result.claim().refId()));
            statement.setObject(3, SqlArrays.longs(attempts, attempt -> SqlArrays.micros(attempt.attemptedAt())));
            statement.setArray(4, SqlArrays.texts(connection, attempts, Attempt::relay));
            statement.setObject(5, SqlArrays.longs(attempts, Attempt::smtpCode));
            statement.setArray(6, SqlArrays.texts(connection, attempts, Attempt::enhancedCode));
            statement.setArray(7, SqlArrays.texts(connection, attempts, Attempt::reply));
            statement.setObject(
                    8, SqlArrays.longs(attempts, attempt -> attempt.duration().toMillis()));
            statement.setArray(
                    9,
                    SqlArrays.texts(
                            connection, attempts, attempt -> attempt.outcome().word()));
            statement.executeUpdate();
        }
    }

    private static void bindClaims(PreparedStatement statement, int index, List<Claim> claims) throws SQLException {
        statement.setArray(index, SqlArrays.texts(statement.getConnection(), claims, Claim::kind));
        statement.setObject(index + 1, SqlArrays.longs(claims, Claim::refId));
        statement.setObject(index + 2, SqlArrays.longs(claims, Claim::fencingToken));
    }

    /** Those of the claims whose places, counted from 1, a statement returns. */
    private static Set<Claim> claimsAt(PreparedStatement statement, List<Claim> claims) throws SQLException {
        Set<Claim> found = new HashSet<>();
        try (ResultSet places = PlanByIndex.rows(statement)) {
            while (places.next()) {
                found.add(claims.get(places.getInt(1) - 1));
            }
        }
        return found;
    }
}
