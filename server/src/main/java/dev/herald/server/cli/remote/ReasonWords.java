package dev.herald.server.cli.remote;

import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.v1.FailureReason;

/** recipient_rejected, token_expired and so on. */
final class ReasonWords extends EnumWords<FailureReason> {
    ReasonWords() {
        super(FailureReason.class, "FAILURE_REASON_");
    }
}
