package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.server.cli.terminal.Progress;
import dev.herald.server.cli.terminal.Table;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryFilter;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.RetryResult;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Puts failed notifications back into the queue, by ids or by a filter, however many there are. */
@Command(
        name = "retry",
        description = {
            "Puts failed notifications back into the queue: those with the given ids, or every one that matches the filter. Calls"
                    + " as often as it takes.",
            "Exit code 1 when an id is no notification's, or when all that was found had to be skipped."
        },
        footer = {
            "",
            "Examples: herald retry 4711 4712",
            "          herald retry --session 42 --reason attempts_exhausted --dry-run"
        })
public final class RetryCommand extends RemoteCommand {
    private static final int MOST_IDS = 1_000;

    @Parameters(paramLabel = "EMAIL_ID", arity = "0..*", description = "these")
    List<Long> ids = List.of();

    @Option(names = "--all", description = "every failed one")
    boolean all;

    @Mixin
    MailFilter which;

    @Option(
            names = "--failed-after",
            paramLabel = "WHEN",
            description = "that failed at or after: 2026-11-22T10:00:00Z, or 2h for two hours ago")
    @Nullable
    Instant failedAfter;

    @Option(names = "--failed-before", paramLabel = "WHEN", description = "that failed before")
    @Nullable
    Instant failedBefore;

    @Option(
            names = "--after",
            paramLabel = "EMAIL_ID",
            description = "with a filter: only those with higher ids, where an earlier one ended")
    @Nullable
    Long after;

    @Option(names = "--dry-run", description = "tell what would happen, and change nothing")
    boolean dryRun;

    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        boolean filtered = all || which.isSet() || failedAfter != null || failedBefore != null;
        if (filtered == !ids.isEmpty() || (after != null && !filtered)) {
            throw wrong("name ids, or a filter: --session, --reason, --failed-after, --failed-before or --all");
        }
        RetryTally tally = new RetryTally();
        try (Progress progress = Progress.begin(console(), server.progress, "retry", filtered ? -1 : ids.size())) {
            if (filtered) {
                byFilter(herald, tally, progress);
            } else {
                byIds(herald, tally, progress);
            }
        } catch (ServiceCallException e) {
            tellHowFar(tally);
            throw e;
        }
        tell(text(tally));
        return tally.isFailure() ? 1 : 0;
    }

    /** What was done stays done, whatever becomes of the rest. With --json the answers so far say it. */
    private void tellHowFar(RetryTally tally) {
        if (!tally.isEmpty()) {
            tell(text(tally));
            tell("That isn't all: the rest " + (ids.isEmpty() ? "is behind --after " + tally.last() : "isn't listed"));
        }
    }

    private void byIds(HeraldClient herald, RetryTally tally, Progress progress) {
        for (int from = 0; from < ids.size(); from += MOST_IDS) {
            List<Long> some = ids.subList(from, Math.min(ids.size(), from + MOST_IDS));
            tally.addOfIds(call(herald, request().addAllEmailIds(some)));
            progress.at(from + (long) some.size());
        }
    }

    private void byFilter(HeraldClient herald, RetryTally tally, Progress progress) {
        RetryFilter.Builder filter = filter().toBuilder();
        Optional.ofNullable(after).ifPresent(filter::setAfterEmailId);
        do {
            RetryFailedNotificationsResponse answer = call(herald, request().setFilter(filter));
            tally.addOfFilter(answer);
            progress.at(tally.retried());
            filter.setAfterEmailId(answer.getContinueAfterEmailId());
        } while (filter.getAfterEmailId() > 0);
    }

    private RetryFailedNotificationsRequest.Builder request() {
        return RetryFailedNotificationsRequest.newBuilder().setValidateOnly(dryRun);
    }

    private RetryFailedNotificationsResponse call(
            HeraldClient herald, RetryFailedNotificationsRequest.Builder request) {
        RetryFailedNotificationsResponse response = herald.notifications().retryFailed(request.build());
        answer(response);
        return response;
    }

    private RetryFilter filter() {
        RetryFilter.Builder filter = RetryFilter.newBuilder();
        Optional.ofNullable(which.session).ifPresent(filter::setSessionId);
        Optional.ofNullable(which.reason).ifPresent(filter::setFailureReason);
        Optional.ofNullable(failedAfter).map(ProtoTimes::timestamp).ifPresent(filter::setFailedAfter);
        Optional.ofNullable(failedBefore).map(ProtoTimes::timestamp).ifPresent(filter::setFailedBefore);
        return filter.build();
    }

    private String text(RetryTally tally) {
        Table table = table(dryRun ? "would be" : "outcome", "notifications");
        Arrays.stream(RetryOutcome.values())
                .filter(outcome -> tally.count(outcome) > 0)
                .forEach(outcome -> table.row(EnumWords.word(outcome, "RETRY_OUTCOME_"), tally.count(outcome)));
        if (tally.isEmpty()) {
            return "No failed notifications match.";
        }
        return ids.isEmpty() ? table.toString() : table + "\n" + outcomes(tally);
    }

    private String outcomes(RetryTally tally) {
        Table table = table("email_id", dryRun ? "would be" : "outcome");
        for (RetryResult result : tally.ofIds()) {
            table.row(result.getEmailId(), EnumWords.word(result.getOutcome(), "RETRY_OUTCOME_"));
        }
        return table.toString();
    }
}
