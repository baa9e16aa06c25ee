package dev.herald.server.cli.remote;

import dev.herald.server.cli.terminal.EnumWords;
import dev.herald.v1.DeliveryStatus;

/** pending, sent, failed. */
final class StatusWords extends EnumWords<DeliveryStatus> {
    StatusWords() {
        super(DeliveryStatus.class, "DELIVERY_STATUS_");
    }
}
