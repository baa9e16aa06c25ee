package dev.herald.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InHandTest {
    private static final Duration LEASE = Duration.ofSeconds(60);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final InHand inHand = new InHand(nanos::get, LEASE);

    @Test
    void mayBeLost_noRenewalForALease_isTrueUntilTheNext() {
        pass(LEASE.minusNanos(1));
        assertThat(inHand.mayBeLost()).isFalse();
        pass(Duration.ofNanos(1));
        assertThat(inHand.mayBeLost()).isTrue();
        inHand.renewed(nanos.get());
        assertThat(inHand.mayBeLost()).isFalse();
    }

    @Test
    void renewed_statementThatBeganLongAgo_countsFromItsBeginning() {
        long start = nanos.get();
        pass(LEASE.plusSeconds(1));
        inHand.renewed(start);
        assertThat(inHand.mayBeLost()).isTrue();
    }

    @Test
    void databaseFailedWithin_aFailure_isRememberedForThatTime() {
        assertThat(inHand.databaseFailedWithin(LEASE)).isFalse();
        inHand.databaseFailed();
        pass(Duration.ofSeconds(7));
        assertThat(inHand.databaseFailedWithin(Duration.ofSeconds(8))).isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(inHand.databaseFailedWithin(Duration.ofSeconds(8))).isFalse();
    }

    @Test
    void keepOnly_someNotRenewed_dropsThoseAlone() {
        Claim kept = claim(1);
        Claim lost = claim(2);
        Claim takenMeanwhile = claim(3);
        inHand.add(List.of(kept, lost, takenMeanwhile));
        assertThat(inHand.keepOnly(List.of(kept, lost), Set.of(kept))).isEqualTo(1);
        assertThat(inHand.all()).containsExactlyInAnyOrder(kept, takenMeanwhile);
        assertThat(inHand.holds(lost)).isFalse();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static Claim claim(long refId) {
        return new Claim("fake", refId, 0, 1, false, 0, refId, null);
    }
}
