package dev.herald.server.delivery;

import dev.herald.server.mail.MailTransport;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The relays in order of preference, each with a breaker of its own: while one is in trouble the next takes the mail, and mail
 * goes back to the preferred one as soon as a probe was accepted there. Thread-safe.
 */
final class Relays {
    private final List<Relay> relays;

    /** A relay and its state. */
    record Relay(MailTransport transport, RelayBreaker breaker) {
        String name() {
            return transport.relay();
        }
    }

    Relays(List<MailTransport> transports, Supplier<RelayBreaker> breakers) {
        this.relays = transports.stream()
                .map(transport -> new Relay(transport, breakers.get()))
                .toList();
    }

    List<Relay> all() {
        return relays;
    }

    /** How many mails may be in hand now, so that a probe is all that is tried while no relay works. */
    int permits() {
        int most = 0;
        for (Relay relay : relays) {
            most = Math.max(most, relay.breaker().permits());
        }
        return most;
    }

    /** The name of the relay that mail goes to now. */
    String inUse() {
        return relays.stream()
                .filter(relay -> relay.breaker().permits() > 0)
                .findFirst()
                .orElse(relays.get(0))
                .name();
    }

    /** The most preferred relay that admits a connection now; none while all are in trouble. */
    Optional<Relay> admit() {
        for (Relay relay : relays) {
            if (relay.breaker().admit()) {
                return Optional.of(relay);
            }
        }
        return Optional.empty();
    }

    /** Whether no relay before this one may be used: otherwise its connections should end. */
    boolean isBest(Relay used) {
        for (Relay relay : relays) {
            if (relay.equals(used)) {
                return true;
            } else if (relay.breaker().isClosed() || relay.breaker().wantsProbe()) {
                return false;
            }
        }
        return true;
    }
}
