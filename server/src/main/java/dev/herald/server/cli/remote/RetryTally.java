package dev.herald.server.cli.remote;

import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.RetryResult;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What the calls of one retry came to. For one thread. */
final class RetryTally {
    private final Map<RetryOutcome, Long> counts = new EnumMap<>(RetryOutcome.class);
    private final List<RetryResult> ofIds = new ArrayList<>();
    private long highest;

    void addOfIds(RetryFailedNotificationsResponse answer) {
        ofIds.addAll(answer.getResultsList());
        count(answer);
    }

    /**
     * Adds an answer by filter. What was skipped is found again by each call, and counted as the last one told it.
     *
     * @return whether another call is due: it isn't when nothing was retried, nor when the lowest ids come round again, which are
     *     mails that failed anew meanwhile
     */
    boolean addOfFilter(RetryFailedNotificationsResponse answer) {
        long retriedBefore = count(RetryOutcome.RETRY_OUTCOME_RETRIED);
        counts.clear();
        count(answer);
        counts.merge(RetryOutcome.RETRY_OUTCOME_RETRIED, retriedBefore, Long::sum);
        boolean comeRound = retried(answer).anyMatch(id -> id <= highest);
        highest = retried(answer).max().orElse(highest);
        return answer.getRetried() > 0 && !comeRound;
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

    private void count(RetryFailedNotificationsResponse answer) {
        answer.getResultsList().forEach(result -> counts.merge(result.getOutcome(), 1L, Long::sum));
    }

    private static LongStream retried(RetryFailedNotificationsResponse answer) {
        return answer.getResultsList().stream()
                .filter(result -> result.getOutcome() == RetryOutcome.RETRY_OUTCOME_RETRIED)
                .mapToLong(RetryResult::getEmailId);
    }
}
