package dev.herald.server.system;

import dev.herald.server.delivery.DeliveryPauses;
import dev.herald.server.persistence.Transactions;
import java.time.Clock;
import java.util.List;
import java.util.Set;

/**
 * What this room is given.
 *
 * @param kinds the kinds of mail there are
 * @param checks what a running server looks at when it is asked to
 * @param whenResumed called when mail may leave again
 */
public record SystemRoom(
        Transactions transactions,
        DeliveryPauses pauses,
        Set<String> kinds,
        SystemStatusReader status,
        List<SystemCheck> checks,
        TestMailer testMailer,
        Clock clock,
        Runnable whenResumed) {}
