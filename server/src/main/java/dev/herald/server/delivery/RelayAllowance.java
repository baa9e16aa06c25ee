package dev.herald.server.delivery;

import dev.herald.server.delivery.RateRepository.Asked;
import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * How many mails the relay in use may be given now, shared with all processes. Taken in batches ahead of the claim; what isn't
 * used is kept for the next one, so that an idle queue costs nothing. Used by one thread.
 */
final class RelayAllowance {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

    private final OptionalInt perSecond;
    private final Transactions transactions;
    private final RateRepository rates;
    private final Relays relays;
    private String relay = "";
    private int kept;

    RelayAllowance(OptionalInt perSecond, Transactions transactions, RateRepository rates, Relays relays) {
        this.perSecond = perSecond;
        this.transactions = transactions;
        this.rates = rates;
        this.relays = relays;
    }

    /** Takes allowance for up to {@code wanted} mails; none while the rate is used up. */
    int take(int wanted) {
        if (perSecond.isEmpty()) {
            return wanted;
        }
        if (!relay.equals(relays.inUse())) {
            relay = relays.inUse();
            kept = 0;
        }
        if (kept == 0) {
            Asked asked = new Asked("relay " + relay, perSecond.getAsInt(), wanted);
            kept = transactions
                    .statement(connection -> rates.take(connection, List.of(asked)))
                    .getOrDefault(asked.scope(), 0);
        }
        int taken = Math.min(kept, wanted);
        kept -= taken;
        return taken;
    }

    /** What was taken and not sent. */
    void giveBack(int unused) {
        kept += perSecond.isPresent() ? unused : 0;
    }

    /** When to ask again after nothing was to be had. */
    Duration pause() {
        long next = 1_000 / perSecond.orElse(1_000);
        return Duration.ofMillis(Math.max(SHORTEST_PAUSE.toMillis(), next));
    }
}
