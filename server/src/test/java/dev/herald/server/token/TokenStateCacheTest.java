package dev.herald.server.token;

import static dev.herald.v1.TokenReason.TOKEN_REASON_CONSUMED;
import static dev.herald.v1.TokenReason.TOKEN_REASON_REVOKED;
import static dev.herald.v1.TokenReason.TOKEN_REASON_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.TokenReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenStateCacheTest {
    private static final TokenVerdict.Valid TOKEN = new TokenVerdict.Valid(new TokenClaims("id", 7, 42, 1000, 9000));

    private final List<RememberedState> rows = new ArrayList<>();
    private final List<Double> asked = new ArrayList<>();
    private volatile long nanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(3);
    private boolean down;
    private final TokenStateCache cache = new TokenStateCache(this::load, () -> nanos);

    @Test
    void judge_firstCall_asksTheDatabaseAndThenMemory() {
        assertThat(judge()).isEmpty();
        rest(400);
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void judge_tokenSpent_isRefusedAfterTheNextRefresh() {
        warm();
        rows.add(new RememberedState("id", 42, 7, TOKEN_REASON_CONSUMED, 2000));
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
        rest(400);
        assertThat(judge()).contains(TOKEN_REASON_CONSUMED);
    }

    @Test
    void judge_sessionOrStudentRevoked_refusesTokensIssuedUntilThen() {
        rows.add(new RememberedState(null, 42, 0, TOKEN_REASON_REVOKED, 999));
        rows.add(new RememberedState(null, 0, 7, TOKEN_REASON_REVOKED, 999));
        warm();
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
        rows.add(new RememberedState(null, 42, 0, TOKEN_REASON_REVOKED, 1000));
        rest(400);
        assertThat(judge()).contains(TOKEN_REASON_REVOKED);
    }

    @Test
    void judge_moreThanASecondOldWithoutTrouble_asksTheDatabase() {
        warm();
        pass(1000);
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
        pass(1);
        assertThat(judge()).isEmpty();
    }

    @Test
    void judge_databaseDown_goesOnForFiveSecondsAndIsUnavailableThen() {
        warm();
        down = true;
        for (int i = 0; i < 12; i++) {
            rest(400);
            assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
        }
        rest(200);
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
        rest(400);
        assertUnavailable();
    }

    @Test
    void judge_databaseBack_answersAgainByItself() {
        warm();
        down = true;
        rest(400);
        rest(6000);
        assertUnavailable();
        down = false;
        pass(60_000);
        rest(400);
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void judge_databaseDownFromTheStart_isUnavailable() {
        down = true;
        assertThat(judge()).isEmpty();
        rest(400);
        assertUnavailable();
    }

    @Test
    void judge_refreshHangs_goesOnForFiveSeconds() throws InterruptedException {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        List<CountDownLatch> blocks = new ArrayList<>();
        TokenStateCache slow = new TokenStateCache(
                seconds -> {
                    blocks.forEach(block -> {
                        hanging.countDown();
                        awaitQuietly(block);
                    });
                    return List.of();
                },
                () -> nanos);
        assertThat(slow.judge(TOKEN)).isEmpty();
        slow.refreshIfWanted();
        blocks.add(release);
        Thread refresher = new Thread(slow::refreshIfWanted);
        refresher.start();
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        pass(4900);
        assertThat(slow.judge(TOKEN)).contains(TOKEN);
        pass(200);
        assertThat(slow.judge(TOKEN)).isEmpty();
        release.countDown();
        refresher.join();
    }

    @Test
    void refresh_nobodyAskedForTenSeconds_rests() {
        warm();
        rest(9_000);
        int before = asked.size();
        rest(1_400);
        rest(400);
        assertThat(asked).hasSize(before);
        assertThat(judge()).isEmpty();
        rest(400);
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void refresh_mostTimes_readsWhatIsNewAndNowAndThenEverything() {
        warm();
        asked.clear();
        for (int i = 0; i < 160; i++) {
            rest(400);
            judge();
        }
        assertThat(asked).filteredOn(seconds -> seconds < 62).hasSize(159);
        assertThat(asked).filteredOn(seconds -> seconds > 1e9).hasSize(1);
    }

    @Test
    void refresh_expiredRowGone_isForgottenWithTheNextFullLoad() {
        rows.add(new RememberedState("id", 42, 7, TOKEN_REASON_CONSUMED, 2000));
        warm();
        assertThat(judge()).contains(TOKEN_REASON_CONSUMED);
        rows.clear();
        rest(400);
        assertThat(judge()).contains(TOKEN_REASON_CONSUMED);
        pass(60_000);
        judge();
        rest(400);
        assertThat(judge()).contains(TOKEN_REASON_UNSPECIFIED);
    }

    @Test
    void refresher_whileAsked_keepsTheCacheFresh() {
        TokenStateCache real = new TokenStateCache(seconds -> List.of(), System::nanoTime);
        try (TokenStateRefresher refresher = TokenStateRefresher.start(real)) {
            assertThat(refresher).isNotNull();
            await().atMost(Duration.ofSeconds(10)).until(() -> real.judge(TOKEN).isPresent());
        }
    }

    private void warm() {
        judge();
        rest(400);
        judge();
    }

    private Optional<TokenReason> judge() {
        return cache.judge(TOKEN).map(TokenCampus::reason);
    }

    private void assertUnavailable() {
        assertThatThrownBy(this::judge)
                .isInstanceOfSatisfying(
                        HeraldException.class,
                        e -> assertThat(e.reason()).isEqualTo(ErrorReason.ERROR_REASON_DATABASE_UNAVAILABLE));
    }

    private void rest(long millis) {
        pass(millis);
        cache.refreshIfWanted();
    }

    private void pass(long millis) {
        nanos += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    private List<RememberedState> load(double seconds) {
        asked.add(seconds);
        if (down) {
            throw new IllegalStateException("down");
        }
        return List.copyOf(rows);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
