package dev.herald.server.delivery;

import dev.herald.server.mail.RelayReply;
import java.time.Instant;
import java.util.Optional;

/** What people are told of a relay: whether mail goes to it, since when, and what the trouble is. Thread-safe. */
final class RelayStanding {
    private volatile Report report = new Report(true, Optional.empty(), "");

    /**
     * How a relay stands.
     *
     * @param since since when; empty while no mail has gone to it
     * @param trouble its reply, or what happened instead; empty while it works
     */
    record Report(boolean working, Optional<Instant> since, String trouble) {}

    Report report() {
        return report;
    }

    /** It did its work. */
    void works(Instant at) {
        Report present = report;
        if (!present.working() || present.since().isEmpty()) {
            report = new Report(true, Optional.of(at), "");
        }
    }

    /** It could not be used. */
    void troubled(Instant at, RelayReply reply) {
        Report present = report;
        Instant since = present.working() ? at : present.since().orElse(at);
        String code = reply.code() == 0 ? "" : reply.code() + " ";
        report = new Report(false, Optional.of(since), code + reply.text());
    }
}
