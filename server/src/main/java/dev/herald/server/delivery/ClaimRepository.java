package dev.herald.server.delivery;

import dev.herald.server.persistence.FreshPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** How mails get into a process's hands. Each claim is one statement, takes its time from the database, and skips what others hold. */
final class ClaimRepository {
    /**
     * For the statement that is sent with it. Without good statistics of the table PostgreSQL believes that few mails are due, and
     * would rather sort all of them than walk the index until there are enough.
     */
    private static final String IN_INDEX_ORDER = "SELECT set_config('enable_sort', 'off', true);\n";

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
     * Takes up to {@code limit} due mails of the known kinds that aren't paused, in the order of their ranks; one statement.
     *
     * @param fromRank where to begin; what stands before it isn't looked at
     */
    List<Claim> claim(Connection connection, Collection<String> kinds, Among which, long fromRank, int limit)
            throws SQLException {
        return lease(connection, IN_INDEX_ORDER, kinds, fromRank, limit, """
                SELECT outbox_id
                FROM outbox
                WHERE NOT parked AND NOT suspect AND lease_until IS NULL AND due_at <= now()""" + which.condition);
    }

    /**
     * Takes up to {@code limit} suspects: mails whose lease ran out, and those given back that were suspects before. Looks at the
     * whole queue, wherever they stand in it, so it costs as much as the queue is long.
     */
    List<Claim> reclaim(Connection connection, Collection<String> kinds, int limit) throws SQLException {
        return lease(connection, "", kinds, Long.MIN_VALUE, limit, """
                SELECT outbox_id
                FROM outbox
                WHERE NOT parked AND (lease_until < now() OR (suspect AND lease_until IS NULL)) AND due_at <= now()""");
    }

    private List<Claim> lease(
            Connection connection, String planning, Collection<String> kinds, long fromRank, int limit, String due)
            throws SQLException {
        // Planned anew each time: a plan made for an empty queue would sort the whole of a long one.
        try (PreparedStatement statement = FreshPlan.prepare(connection, planning + """
                WITH unpaused AS (
                    SELECT array_agg(kind) AS kinds
                    FROM unnest(?::text[]) AS known (kind)
                    WHERE NOT EXISTS (SELECT FROM delivery_pauses p WHERE p.until > now() AND p.scope IN ('', known.kind))
                ), due AS (
                """ + due + """

                        AND kind = ANY((SELECT kinds FROM unpaused)::text[]) AND (SELECT kinds FROM unpaused) IS NOT NULL
                        AND rank >= ?
                    ORDER BY rank
                    LIMIT ?
                    FOR UPDATE SKIP LOCKED
                )
                UPDATE outbox o
                SET lease_owner = ?, lease_until = now() + ? * interval '1 millisecond', fencing_token = o.fencing_token + 1,
                    lost_leases = o.lost_leases + o.started::int, suspect = o.suspect OR o.lease_until IS NOT NULL,
                    started = false
                FROM due
                WHERE o.outbox_id = due.outbox_id
                RETURNING o.outbox_id, o.kind, o.ref_id, o.attempts, o.fencing_token, o.suspect, o.lost_leases, o.rank
                """)) {
            statement.setArray(1, connection.createArrayOf("text", kinds.toArray()));
            statement.setLong(2, fromRank);
            statement.setInt(3, limit);
            statement.setString(4, owner);
            statement.setLong(5, lease.toMillis());
            return claims(statement, !planning.isEmpty());
        }
    }

    private static List<Claim> claims(PreparedStatement statement, boolean second) throws SQLException {
        List<Claim> claims = new ArrayList<>();
        statement.execute();
        if (second) {
            statement.getMoreResults();
        }
        try (ResultSet rows = statement.getResultSet()) {
            while (rows.next()) {
                claims.add(new Claim(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getLong(3),
                        rows.getInt(4),
                        rows.getLong(5),
                        rows.getBoolean(6),
                        rows.getInt(7),
                        rows.getLong(8)));
            }
        }
        // RETURNING promises no order.
        claims.sort(Comparator.comparingLong(Claim::rank));
        return claims;
    }
}
