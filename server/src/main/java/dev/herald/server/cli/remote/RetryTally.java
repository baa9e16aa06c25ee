package dev.herald.server.cli.remote;

import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.RetryResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the calls of one retry came to. For one thread. */
final class RetryTally {
    private final Map<RetryOutcome, Long> counts = new EnumMap<>(RetryOutcome.class);
    private final List<RetryResult> ofIds = new ArrayList<>();
    private long last;

    void addOfIds(RetryFailedNotificationsResponse answer) {
        ofIds.addAll(answer.getResultsList());
        addOfFilter(answer);
    }

    /** Keeps no more than the counts: a filter may match any number. */
    void addOfFilter(RetryFailedNotificationsResponse answer) {
        answer.getResultsList().forEach(result -> counts.merge(result.getOutcome(), 1L, Long::sum));
        last = answer.getContinueAfterEmailId();
    }

    /** Where the next call by the same filter goes on; 0 when there is none. */
    long last() {
        return last;
    }

    long retried() {
        return count(RetryOutcome.RETRY_OUTCOME_RETRIED);
    }

    long count(RetryOutcome outcome) {
        return counts.getOrDefault(outcome, 0L);
    }

    boolean isEmpty() {
        return counts.values().stream().allMatch(count -> count == 0);
    }

    /** One result an id. */
    List<RetryResult> ofIds() {
        return ofIds;
    }

    /** An unknown id, or nothing but skipped ones. */
    boolean isFailure() {
        return count(RetryOutcome.RETRY_OUTCOME_NOT_FOUND) > 0 || (retried() == 0 && !isEmpty());
    }
}
