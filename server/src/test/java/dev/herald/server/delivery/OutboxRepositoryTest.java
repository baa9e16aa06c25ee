package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.testing.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxRepositoryTest {
    private final Database database = TestDatabase.open();
    private final Transactions transactions = database.transactions();
    private final OutboxRepository repository = new OutboxRepository(Duration.ofSeconds(60));
    private final ClaimRepository claiming = new ClaimRepository("me", Duration.ofSeconds(60));
    private final ClaimRepository another = new ClaimRepository("another", Duration.ofSeconds(60));

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void claim_twoRepositories_takeDifferentOnesInOrder() {
        enqueue(3);
        assertThat(claim(claiming, 2)).extracting(Claim::refId).containsExactlyInAnyOrder(1L, 2L);
        assertThat(claim(another, 2)).extracting(Claim::refId).containsExactly(3L);
        assertThat(claim(claiming, 2)).isEmpty();
    }

    /** The keeper's list may be a moment older than a result. */
    @Test
    void renew_oneOfThemGivenBackMeanwhile_prolongsTheOthers() {
        enqueue(2);
        List<Claim> claims = claim(claiming, 2);
        Claim released = claims.get(0);
        assertThat(transactions.<Set<Claim>>writeSql(connection -> repository.release(connection, List.of(released))))
                .containsExactly(released);
        assertThat(transactions.<Set<Claim>>writeSql(connection -> repository.renew(connection, claims)))
                .containsExactly(claims.get(1));
    }

    @Test
    void renew_takenOverByAnother_isNotHeldAnyMore() {
        enqueue(1);
        List<Claim> claims = claim(claiming, 1);
        TestDatabase.update(database.url(), "UPDATE outbox SET lease_until = now() - interval '1 second'");
        assertThat(claim(another, 1)).isEmpty();
        assertThat(reclaim(another, 1)).hasSize(1).allMatch(Claim::suspect);
        assertThat(transactions.<Set<Claim>>writeSql(connection -> repository.renew(connection, claims)))
                .isEmpty();
        assertThat(transactions.<Boolean>writeSql(connection -> repository.start(connection, claims.get(0))))
                .isFalse();
        assertThat(transactions.<Set<Claim>>writeSql(connection -> repository.delete(connection, claims)))
                .isEmpty();
    }

    @Test
    void reclaim_suspectGivenBack_isTakenAgainButNotWithTheOthers() {
        enqueue(3);
        claim(claiming, 2);
        TestDatabase.update(
                database.url(),
                "UPDATE outbox SET lease_until = now() - interval '1 second' WHERE lease_owner IS NOT NULL");
        List<Claim> lost = reclaim(another, 10);
        assertThat(lost).extracting(Claim::refId).containsExactly(1L, 2L);
        transactions.<Set<Claim>>writeSql(connection -> repository.release(connection, lost));
        assertThat(claim(claiming, 10)).extracting(Claim::refId).containsExactly(3L);
        assertThat(reclaim(claiming, 1)).extracting(Claim::refId).containsAnyOf(1L, 2L);
    }

    private void enqueue(int count) {
        TestDatabase.update(
                database.url(),
                "INSERT INTO outbox (kind, ref_id, priority, rank) SELECT 'attendance', n, 1, n FROM generate_series(1, "
                        + count + ") AS n");
    }

    private List<Claim> reclaim(ClaimRepository claiming, int limit) {
        return transactions.writeSql(
                connection -> claiming.reclaim(connection, List.of("attendance"), List.of(), limit));
    }

    private List<Claim> claim(ClaimRepository claiming, int limit) {
        return transactions.writeSql(connection ->
                claiming.claim(connection, List.of("attendance"), ClaimRepository.Among.ANY, ClaimFront.START, limit));
    }
}
