package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.delivery.ClaimRepository.Among;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Claims that must stay right, and cheap, whatever else stands in the queue. */
@Tag("measured")
class ClaimRepositoryTest {
    private static final List<String> KINDS = List.of("attendance");

    private final Database database = TestDatabase.open();
    private final Transactions transactions = database.transactions();
    private final ClaimRepository claims = new ClaimRepository("me", Duration.ofSeconds(60));

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void reclaim_tenThousandUnrescuableInFront_findsTheOneBehindThem() {
        enqueue(30_001, "'newer'", "now() - interval '1 second'");
        enqueue(10_000, "'attendance'", "now() + interval '1 minute'");
        enqueue(1, "'attendance'", "now() - interval '1 second'");
        assertThat(reclaim()).hasSize(1).allMatch(claim -> claim.refId() == 40_002);
        assertThat(reclaim()).isEmpty();
    }

    /** Several processes that end soon after they start must not all be blamed on whichever mail comes first. */
    @Test
    void reclaim_aMailWasBlamedBefore_takesItAfterTheOthers() {
        enqueue(4, "'attendance'", "now() - interval '1 second'");
        update("UPDATE outbox SET suspect = true, started = true WHERE ref_id = 1");
        update("UPDATE outbox SET suspect = true, lost_leases = 1 WHERE ref_id = 2");
        assertThat(reclaim()).extracting(Claim::refId).containsExactly(3L, 4L, 1L, 2L);
    }

    /** The database was away for longer than the lease: what became of these is known here, and about to be written. */
    @Test
    void reclaim_leaseOfMailInHandRanOut_leavesItThere() {
        enqueue(3, "'attendance'", "NULL");
        List<Claim> inHand = claim(Among.ANY, ClaimFront.START, 2);
        claim(Among.ANY, ClaimFront.START, 1);
        update("UPDATE outbox SET lease_until = now() - interval '1 second'");
        List<Claim> taken = transactions.statement(connection -> claims.reclaim(connection, KINDS, inHand, 16));
        assertThat(taken).extracting(Claim::refId).containsExactly(3L);
    }

    @Test
    void claim_fromARank_leavesOutWhatStandsBeforeIt() {
        enqueue(10, "'attendance'", "NULL");
        assertThat(claim(Among.ANY, 8, 100)).extracting(Claim::refId).containsExactly(8L, 9L, 10L);
        assertThat(claim(Among.ANY, ClaimFront.START, 3))
                .extracting(Claim::refId)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void claim_amongLow_takesThoseAlone() {
        enqueue(10, "'attendance'", "NULL");
        update("UPDATE outbox SET priority = 2 WHERE ref_id > 7");
        assertThat(claim(Among.LOW, ClaimFront.START, 2))
                .extracting(Claim::refId)
                .containsExactly(8L, 9L);
    }

    @Test
    void claim_kindPaused_takesTheOthers() {
        enqueue(3, "'newer'", "NULL");
        enqueue(3, "'attendance'", "NULL");
        update("INSERT INTO delivery_pauses VALUES ('newer', now() + interval '1 hour')");
        update("INSERT INTO delivery_pauses VALUES ('', now() - interval '1 second')");
        List<Claim> taken = transactions.statement(connection ->
                claims.claim(connection, List.of("newer", "attendance"), Among.ANY, ClaimFront.START, 10));
        assertThat(taken).hasSize(3).allMatch(claim -> claim.kind().equals("attendance"));
    }

    /** A connection that has claimed from an empty queue many times must not keep the plan it made for that. */
    @Test
    void claim_queueFilledAfterManyEmptyLooks_isCheap() {
        update("ANALYZE outbox");
        for (int i = 0; i < 20; i++) {
            assertThat(claim(Among.ANY, ClaimFront.START, 100)).isEmpty();
        }
        enqueue(100_000, "'attendance'", "NULL");
        assertThat(bestOfClaims(20)).isLessThan(Duration.ofMillis(10));
    }

    @Test
    void claim_manyParkedOrLeased_isCheap() {
        enqueue(100_000, "'attendance'", "NULL");
        update("UPDATE outbox SET parked = true WHERE ref_id <= 80000");
        update(
                "UPDATE outbox SET lease_owner = 'other', lease_until = now() + interval '1 hour' WHERE ref_id BETWEEN 80001 AND 82000");
        update("ANALYZE outbox");
        assertThat(bestOfClaims(20)).isLessThan(Duration.ofMillis(10));
    }

    /** F18: a transaction that stays open keeps vacuum from the entries of what was delivered. */
    @Test
    void claim_vacuumHeldBackWhileManyAreDelivered_isAsCheapBehindTheFront() throws SQLException {
        enqueue(60_000, "'attendance'", "NULL");
        try (Connection reader = DriverManager.getConnection(database.url());
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            statement.execute("SELECT count(*) FROM outbox");
            Duration fresh = bestOfClaims(20);
            update("UPDATE outbox SET lease_owner = 'x', lease_until = now() WHERE ref_id BETWEEN 2001 AND 52000");
            update("DELETE FROM outbox WHERE ref_id <= 52000");
            List<Claim> last = claim(Among.ANY, ClaimFront.START, 100);
            Duration behind = bestOf(20, last.get(99).rank());
            assertThat(behind).isLessThan(fresh.multipliedBy(3).dividedBy(2).plusMillis(1));
        }
    }

    private Duration bestOfClaims(int times) {
        return bestOf(times, ClaimFront.START);
    }

    private Duration bestOf(int times, long fromRank) {
        return LongStream.range(0, times)
                .mapToObj(time -> {
                    long start = System.nanoTime();
                    assertThat(claim(Among.ANY, fromRank, 100)).hasSize(100);
                    return Duration.ofNanos(System.nanoTime() - start);
                })
                .min(Duration::compareTo)
                .orElseThrow();
    }

    private void enqueue(int count, String kind, String leaseUntil) {
        update("INSERT INTO outbox (kind, ref_id, priority, rank, lease_owner, lease_until) SELECT " + kind
                + ", coalesce(m, 0) + n, 1, coalesce(m, 0) + n, CASE WHEN (" + leaseUntil
                + ")::timestamptz IS NOT NULL THEN 'dead' END, (" + leaseUntil
                + ")::timestamptz FROM (SELECT max(ref_id) AS m FROM outbox) AS last, generate_series(1, " + count
                + ") AS n");
    }

    private void update(String sql) {
        TestDatabase.update(database.url(), sql);
    }

    private List<Claim> claim(Among among, long fromRank, int limit) {
        return transactions.statement(connection -> claims.claim(connection, KINDS, among, fromRank, limit));
    }

    private List<Claim> reclaim() {
        return transactions.statement(connection -> claims.reclaim(connection, KINDS, List.of(), 16));
    }
}
