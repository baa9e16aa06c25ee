package dev.herald.server.notification;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
import dev.herald.server.delivery.Outbox;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.rpc.CurrentCall;
import dev.herald.server.token.IssuedToken;
import dev.herald.server.token.SpentToken;
import dev.herald.server.token.TokenIssuer;
import dev.herald.server.token.TokenStateRepository;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.RetryResult;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Puts failed notifications back into the queue, in one transaction with their new tokens. Rows are locked in the order of their
 * ids, so that of several administrators at once exactly one moves each. By filter one call looks at so many and no more, whether
 * they can be retried or not, at fewer when the database is slow, and says where the next call goes on. Thread-safe.
 */
final class NotificationRetrier {
    private static final int PAGE = 1_000;
    /** A multiple of the page. */
    private static final int MOST_BY_FILTER = 10_000;

    private final Transactions transactions;
    private final NotificationRepository notifications;
    private final Outbox outbox;
    private final RequestLedger requests;
    private final TokenIssuer tokens;
    private final TokenStateRepository tokenStates;
    private final AuditLog audit = new AuditLog();
    private final RetryPolicy policy;
    private final Clock clock;
    private final Runnable whenQueued;

    NotificationRetrier(NotificationRoom room) {
        this.transactions = room.transactions();
        this.notifications = room.notifications();
        this.outbox = room.outbox();
        this.requests = room.requests();
        this.tokens = room.tokenIssuer();
        this.tokenStates = room.tokenStates();
        this.policy = new RetryPolicy(
                room.config().expiry(), token -> tokens.sign(token).isPresent());
        this.clock = room.clock();
        this.whenQueued = room.whenQueued();
    }

    RetryFailedNotificationsResponse retry(RetryFailedNotificationsRequest request) {
        if (request.getValidateOnly()) {
            return transactions.readSql(connection -> retry(connection, request));
        }
        RetryFailedNotificationsResponse answer = transactions.write(session -> requests.once(
                session,
                "RetryFailedNotifications",
                request.getRequestId(),
                request,
                RetryFailedNotificationsResponse.parser(),
                () -> Transactions.onConnection(session, connection -> retryAudited(connection, request))));
        if (answer.getRetried() > 0) {
            whenQueued.run();
        }
        return answer;
    }

    private RetryFailedNotificationsResponse retryAudited(
            Connection connection, RetryFailedNotificationsRequest request) throws SQLException {
        RetryFailedNotificationsResponse answer = retry(connection, request);
        audit.write(connection, act(request, answer));
        return answer;
    }

    private static Act act(RetryFailedNotificationsRequest request, RetryFailedNotificationsResponse answer) {
        long[] retried = answer.getResultsList().stream()
                .filter(result -> result.getOutcome() == RetryOutcome.RETRY_OUTCOME_RETRIED)
                .mapToLong(RetryResult::getEmailId)
                .toArray();
        long sessionId = request.getFilter().getSessionId();
        return Act.of("RetryFailedNotifications", sessionId == 0 ? "notifications" : "session/" + sessionId)
                .before(new Facts().with("failed", retried.length))
                .after(new Facts()
                        .with("retried", answer.getRetried())
                        .with("skipped", answer.getSkipped())
                        .withIds("email_ids", retried))
                .requestId(request.getRequestId());
    }

    private RetryFailedNotificationsResponse retry(Connection connection, RetryFailedNotificationsRequest request)
            throws SQLException {
        RetryFailedNotificationsResponse.Builder answer = RetryFailedNotificationsResponse.newBuilder();
        if (request.hasFilter()) {
            retryByFilter(connection, request, answer);
        } else {
            retryByIds(connection, request, answer);
        }
        return answer.build();
    }

    private void retryByIds(
            Connection connection,
            RetryFailedNotificationsRequest request,
            RetryFailedNotificationsResponse.Builder answer)
            throws SQLException {
        long[] ids = request.getEmailIdsList().stream()
                .mapToLong(Long::longValue)
                .distinct()
                .toArray();
        List<RetryCandidate> candidates = RetryCandidate.find(connection, ids, locking(request));
        Map<Long, RetryOutcome> outcomes =
                apply(connection, candidates, answer.getRetried(), request.getValidateOnly());
        for (long id : ids) {
            RetryOutcome outcome = outcomes.getOrDefault(id, RetryOutcome.RETRY_OUTCOME_NOT_FOUND);
            if (outcome == RetryOutcome.RETRY_OUTCOME_NOT_FOUND) {
                answer.addErrors("notification " + id + " not found");
            }
            count(answer, id, outcome);
        }
    }

    private void retryByFilter(
            Connection connection,
            RetryFailedNotificationsRequest request,
            RetryFailedNotificationsResponse.Builder answer)
            throws SQLException {
        long after = request.getFilter().getAfterEmailId();
        // A call that ran into its deadline would be undone whole, each time anew.
        BooleanSupplier late = CurrentCall.halfGone();
        for (int seen = 0; seen < MOST_BY_FILTER && !(seen > 0 && late.getAsBoolean()); seen += PAGE) {
            List<RetryCandidate> candidates =
                    RetryCandidate.find(connection, request.getFilter(), after, PAGE, locking(request));
            Map<Long, RetryOutcome> outcomes =
                    apply(connection, candidates, answer.getRetried(), request.getValidateOnly());
            for (RetryCandidate candidate : candidates) {
                count(
                        answer,
                        candidate.emailId(),
                        outcomes.getOrDefault(candidate.emailId(), RetryOutcome.RETRY_OUTCOME_NOT_FOUND));
                after = candidate.emailId();
            }
            if (candidates.size() < PAGE) {
                return;
            }
        }
        answer.setContinueAfterEmailId(after);
    }

    /** What is only looked at needs no lock, and keeps nobody waiting. */
    private static boolean locking(RetryFailedNotificationsRequest request) {
        return !request.getValidateOnly();
    }

    private Map<Long, RetryOutcome> apply(
            Connection connection, List<RetryCandidate> candidates, int retriedBefore, boolean validateOnly)
            throws SQLException {
        Instant now = clock.instant();
        Map<Long, RetryPolicy.Decision> decisions = candidates.stream()
                .collect(Collectors.toMap(RetryCandidate::emailId, candidate -> policy.decide(candidate, now)));
        if (!validateOnly) {
            write(connection, candidates, decisions, now, retriedBefore);
        }
        return decisions.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().outcome()));
    }

    private void write(
            Connection connection,
            List<RetryCandidate> candidates,
            Map<Long, RetryPolicy.Decision> decisions,
            Instant now,
            int retriedBefore)
            throws SQLException {
        List<RetriedRecord> retried = new ArrayList<>();
        List<SpentToken> superseded = new ArrayList<>();
        Function<RetryCandidate, RetryPolicy.Decision> decision = candidate -> decisions.get(candidate.emailId());
        for (RetryCandidate candidate : candidates) {
            RetryPolicy.Decision decided = decision.apply(candidate);
            if (decided.outcome() != RetryOutcome.RETRY_OUTCOME_RETRIED) {
                continue;
            }
            Optional<Instant> newExpiry = decided.newExpiry().map(expiry -> expiry.truncatedTo(ChronoUnit.SECONDS));
            Optional<IssuedToken> token = newExpiry.map(
                    expiry -> tokens.issue(candidate.studentProfileId(), candidate.sessionId(), now, expiry));
            retried.add(new RetriedRecord(candidate.emailId(), token, newExpiry.orElse(candidate.tokenExpiresAt())));
            if (token.isPresent()) {
                superseded.add(new SpentToken(
                        candidate.jti(),
                        candidate.sessionId(),
                        candidate.studentProfileId(),
                        candidate.tokenExpiresAt()));
            }
        }
        if (retried.isEmpty()) {
            return;
        }
        notifications.markRetried(connection, retried);
        outbox.requeue(
                connection,
                AttendanceMail.KIND,
                retried.stream().mapToLong(RetriedRecord::emailId).toArray(),
                retriedBefore);
        if (!superseded.isEmpty()) {
            tokenStates.supersede(connection, superseded);
        }
    }

    private static void count(RetryFailedNotificationsResponse.Builder answer, long id, RetryOutcome outcome) {
        answer.addResultsBuilder().setEmailId(id).setOutcome(outcome);
        if (outcome == RetryOutcome.RETRY_OUTCOME_RETRIED) {
            answer.setRetried(answer.getRetried() + 1);
        } else if (outcome != RetryOutcome.RETRY_OUTCOME_NOT_FOUND) {
            answer.setSkipped(answer.getSkipped() + 1);
        }
    }
}
