package dev.herald.server.cli.remote;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.cli.terminal.Table;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListAuditEntriesResponse;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What administrators did. */
@Command(
        name = "audit",
        description = "Lists what administrators did, newest first.",
        footer = {"", "Example: herald audit --action CancelForSession --after 7d"})
public final class AuditCommand extends RemoteCommand {
    @Option(names = "--actor", paramLabel = "NAME", description = "by this caller: the subject of its credentials")
    String actor = "";

    @Option(names = "--action", paramLabel = "METHOD", description = "of this action, such as CancelForSession")
    String action = "";

    @Option(
            names = "--after",
            paramLabel = "WHEN",
            description = "at or after: 2026-11-22T10:00:00Z, or 2h for two hours ago")
    @Nullable
    Instant after;

    @Option(names = "--before", paramLabel = "WHEN", description = "before")
    @Nullable
    Instant before;

    @Option(names = "--limit", paramLabel = "N", description = "at most so many, 0 for all (100)")
    long limit = PageSizes.DEFAULT;

    @Override
    Role role() {
        return Role.ADMIN;
    }

    @Override
    int run(HeraldClient herald) {
        ListAuditEntriesRequest.Builder request = filter();
        PageSizes sizes = PageSizes.of(limit, this::wrong);
        do {
            boolean first = request.getPageToken().isEmpty();
            request.setPageSize(sizes.next());
            ListAuditEntriesResponse page = herald.system().auditPage(request.build());
            answer(page, first && page.getEntriesCount() == 0 ? "No entries match." : table(page));
            sizes.got(page.getEntriesCount());
            request.setPageToken(page.getNextPageToken());
        } while (sizes.more() && !request.getPageToken().isEmpty());
        return 0;
    }

    private ListAuditEntriesRequest.Builder filter() {
        ListAuditEntriesRequest.Builder request =
                ListAuditEntriesRequest.newBuilder().setActor(actor).setAction(action);
        Optional.ofNullable(after).map(ProtoTimes::timestamp).ifPresent(request::setAfter);
        Optional.ofNullable(before).map(ProtoTimes::timestamp).ifPresent(request::setBefore);
        return request;
    }

    private Table table(ListAuditEntriesResponse page) {
        Table table = table("at", "actor", "action", "target", "before", "after", "request");
        for (AuditEntry entry : page.getEntriesList()) {
            table.row(
                    Shown.time(entry.getAt()),
                    entry.getActor(),
                    entry.getAction(),
                    entry.getTarget(),
                    Shown.text(entry.getBefore()),
                    Shown.text(entry.getAfter()),
                    Shown.text(entry.getRequestId()));
        }
        return table;
    }
}
