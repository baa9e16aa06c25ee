package dev.herald.server.system;

import dev.herald.server.delivery.DeliveryPauses;
import dev.herald.server.persistence.Transactions;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What this room is given.
 *
 * @param kinds the kinds of mail there are
 * @param checks looks at everything this process needs
 * @param whenResumed called when mail may leave again
 */
public record SystemRoom(
        Transactions transactions,
        DeliveryPauses pauses,
        Set<String> kinds,
        SystemStatusReader status,
        Supplier<List<CheckResult>> checks,
        TestMailer testMailer,
        Clock clock,
        Runnable whenResumed) {}
