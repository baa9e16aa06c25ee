package dev.herald.server.cli.remote;

import dev.herald.v1.FailureReason;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which mails: the options that list and retry have in common. */
final class MailFilter {
    @Option(names = "--session", paramLabel = "ID", description = "of this session")
    @Nullable
    Long session;

    @Option(
            names = "--reason",
            paramLabel = "REASON",
            converter = ReasonWords.class,
            completionCandidates = ReasonWords.class,
            description = "failed for this reason: ${COMPLETION-CANDIDATES}")
    @Nullable
    FailureReason reason;

    boolean isSet() {
        return session != null || reason != null;
    }
}
