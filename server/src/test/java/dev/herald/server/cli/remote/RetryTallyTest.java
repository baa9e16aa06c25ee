package dev.herald.server.cli.remote;

import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_NOT_FOUND;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_RETRIED;
import static dev.herald.v1.RetryOutcome.RETRY_OUTCOME_SESSION_ENDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryOutcome;
import org.junit.jupiter.api.Test;

class RetryTallyTest {
    private final RetryTally tally = new RetryTally();

    @Test
    void addOfFilter_callAfterCall_addsUp() {
        tally.addOfFilter(answer(RETRY_OUTCOME_SESSION_ENDED, 1, RETRY_OUTCOME_RETRIED, 2, 3));
        tally.addOfFilter(answer(RETRY_OUTCOME_SESSION_ENDED, 4, RETRY_OUTCOME_RETRIED, 5));
        assertThat(tally.retried()).isEqualTo(3);
        assertThat(tally.count(RETRY_OUTCOME_SESSION_ENDED)).isEqualTo(2);
        assertThat(tally.isFailure()).isFalse();
    }

    @Test
    void isFailure_nothingButSkipped_isOne() {
        tally.addOfFilter(answer(RETRY_OUTCOME_SESSION_ENDED, 1, RETRY_OUTCOME_RETRIED));
        assertThat(tally.isFailure()).isTrue();
    }

    @Test
    void isFailure_nothingThereAtAll_isNone() {
        tally.addOfFilter(RetryFailedNotificationsResponse.getDefaultInstance());
        assertThat(tally.isEmpty()).isTrue();
        assertThat(tally.isFailure()).isFalse();
    }

    @Test
    void isFailure_anUnknownIdAmongRetriedOnes_isOne() {
        tally.addOfIds(answer(RETRY_OUTCOME_NOT_FOUND, 9, RETRY_OUTCOME_RETRIED, 1));
        assertThat(tally.isFailure()).isTrue();
        assertThat(tally.ofIds()).hasSize(2);
    }

    private static RetryFailedNotificationsResponse answer(
            RetryOutcome other, long otherId, RetryOutcome outcome, long... ids) {
        RetryFailedNotificationsResponse.Builder answer = RetryFailedNotificationsResponse.newBuilder();
        answer.addResultsBuilder().setEmailId(otherId).setOutcome(other);
        for (long id : ids) {
            answer.addResultsBuilder().setEmailId(id).setOutcome(outcome);
        }
        return answer.setRetried(ids.length).build();
    }
}
