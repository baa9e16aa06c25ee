package dev.herald.server.delivery;

import dev.herald.server.persistence.SqlArrays;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How mails get into a process's hands. Each claim takes its time from the database and skips what others hold. */
final class ClaimRepository {
    private final String owner;
    private final Duration lease;

    /**
     * A repository for one process.
     *
     * @param owner unique to this process, for people who look at the table
     */
    ClaimRepository(String owner, Duration lease) {
        this.owner = owner;
        this.lease = lease;
    }

    /** Which mails a claim looks at. */
    enum Among {
        /** All of them. */
        ANY(""),
        /** The lowest priority alone. */
        LOW(" AND priority = 2");

        private final String condition;

        Among(String condition) {
            this.condition = condition;
        }
    }

    /**
     * Takes up to {@code limit} due mails of the known kinds that aren't paused, in the order of their ranks; one round trip.
     *
     * @param fromRank where to begin; what stands before it isn't looked at
     */
    List<Claim> claim(Connection connection, Collection<String> kinds, Among which, long fromRank, int limit)
            throws SQLException {
        return lease(connection, kinds, List.of(), fromRank, limit, "rank", """
                SELECT ctid AS place
                FROM outbox
                WHERE NOT parked AND NOT suspect AND lease_until IS NULL AND due_at <= now()""" + which.condition);
    }

    /**
     * Takes up to {@code limit} suspects: mails whose lease ran out, and those given back that were suspects before. Those
     * with the fewest leases lost come first: otherwise the first in rank, slowest in a process that has just started, would be
     * blamed for each of several ends that follow one another. Looks at the whole queue, wherever they stand in it, so it costs as
     * much as the queue is long.
     *
     * @param inHand what this process holds itself: when the database was away for longer than the lease, its results are known
     *     here and about to be written
     */
    List<Claim> reclaim(Connection connection, Collection<String> kinds, List<Claim> inHand, int limit)
            throws SQLException {
        return lease(connection, kinds, inHand, Long.MIN_VALUE, limit, "lost_leases + started::int, rank", """
                SELECT ctid AS place
                FROM outbox
                WHERE NOT parked AND (lease_until < now() OR (suspect AND lease_until IS NULL)) AND due_at <= now()""");
    }

    private List<Claim> lease(
            Connection connection,
            Collection<String> kinds,
            List<Claim> except,
            long fromRank,
            int limit,
            String order,
            String due)
            throws SQLException {
        try (PreparedStatement statement = PlanByIndex.prepare(connection, """
                WITH unpaused AS (
                    SELECT array_agg(kind) AS kinds
                    FROM unnest(?::text[]) AS known (kind)
                    WHERE NOT EXISTS (SELECT FROM delivery_pauses p WHERE p.until > now() AND p.scope IN ('', known.kind))
                ), due AS MATERIALIZED (
                """ + due + """

                        AND kind = ANY((SELECT kinds FROM unpaused)::text[]) AND (SELECT kinds FROM unpaused) IS NOT NULL
                        AND (ref_id, kind) NOT IN (SELECT * FROM unnest(?::bigint[], ?::text[]))
                        AND rank >= ?
                    ORDER BY\s""" + order + """

                    LIMIT ?
                    FOR UPDATE SKIP LOCKED
                )
                UPDATE outbox o
                SET lease_owner = ?, lease_until = now() + ? * interval '1 millisecond', fencing_token = o.fencing_token + 1,
                    lost_leases = o.lost_leases + o.started::int, suspect = o.suspect OR o.lease_until IS NOT NULL,
                    started = false
                WHERE o.ctid = ANY(ARRAY(SELECT place FROM due))
                RETURNING o.kind, o.ref_id, o.attempts, o.fencing_token, o.suspect, o.lost_leases, o.rank, o.trace,
                    CASE WHEN o.trace IS NOT NULL THEN o.due_at END
                """)) {
            statement.setArray(1, connection.createArrayOf("text", kinds.toArray()));
            statement.setObject(2, SqlArrays.longs(except, Claim::refId));
            statement.setArray(3, SqlArrays.texts(connection, except, Claim::kind));
            statement.setLong(4, fromRank);
            statement.setInt(5, limit);
            statement.setString(6, owner);
            statement.setLong(7, lease.toMillis());
            return claims(statement);
        }
    }

    private static List<Claim> claims(PreparedStatement statement) throws SQLException {
        List<Claim> claims = new ArrayList<>();
        try (ResultSet rows = PlanByIndex.rows(statement)) {
            while (rows.next()) {
                claims.add(new Claim(
                        rows.getString(1),
                        rows.getLong(2),
                        rows.getInt(3),
                        rows.getLong(4),
                        rows.getBoolean(5),
                        rows.getInt(6),
                        rows.getLong(7),
                        trace(rows)));
            }
        }
        // RETURNING promises no order.
        claims.sort(Comparator.comparingInt(Claim::lostLeases).thenComparingLong(Claim::rank));
        return claims;
    }

    private static @Nullable QueueTrace trace(ResultSet rows) throws SQLException {
        String parent = rows.getString(8);
        return parent == null
                ? null
                : new QueueTrace(parent, rows.getTimestamp(9).toInstant());
    }
}
