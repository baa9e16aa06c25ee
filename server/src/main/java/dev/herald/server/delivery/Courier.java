package dev.herald.server.delivery;

import dev.herald.server.delivery.Relays.Relay;
import dev.herald.server.mail.DeliveryOutcome;
import dev.herald.server.mail.EmailMessage;
import dev.herald.server.mail.MailConnection;
import dev.herald.server.mail.RelayReply;
import dev.herald.server.mail.RelayUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands mails to a relay over one kept connection. Used by one thread; only {@link #abort} may come from another.
 */
final class Courier {
    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    private final Relays relays;
    private final OutcomePolicy policy;
    private final Clock clock;
    private final int mailsPerConnection;
    private final DeliveryMeter meter;
    private final DeliveryTracer tracer;
    private @Nullable Relay relay;
    private volatile @Nullable MailConnection connection;
    private volatile boolean aborted;
    private int sentOnConnection;

    Courier(
            Relays relays,
            OutcomePolicy policy,
            Clock clock,
            int mailsPerConnection,
            DeliveryMeter meter,
            DeliveryTracer tracer) {
        this.relays = relays;
        this.policy = policy;
        this.clock = clock;
        this.mailsPerConnection = mailsPerConnection;
        this.meter = meter;
        this.tracer = tracer;
    }

    /**
     * Sends one mail; always has a result. Relay trouble opens the relay's breaker; with no relay left the mail is given back
     * uncharged.
     *
     * @param next the mail that this courier gets after it, when it is known already
     */
    DeliveryResult deliver(Claim claim, EmailMessage message, @Nullable EmailMessage next) {
        return claim.trace() == null
                ? guarded(claim, message, next)
                : tracer.follow(claim, () -> guarded(claim, message, next));
    }

    private DeliveryResult guarded(Claim claim, EmailMessage message, @Nullable EmailMessage next) {
        Instant startedAt = clock.instant();
        try {
            return attempt(claim, message, next);
        } catch (RuntimeException | Error e) {
            return unforeseen(claim, startedAt, e);
        }
    }

    /** Connects where need be; false when no relay can be had, or connecting met a fault that is logged. */
    boolean connected() {
        try {
            return connection != null || connect() != null;
        } catch (RuntimeException | Error e) {
            log.error("connecting met a fault", e);
            return false;
        }
    }

    /** What a transport didn't foresee may have happened behind the final dot; the connection is of no more use. */
    private DeliveryResult unforeseen(Claim claim, Instant startedAt, Throwable fault) {
        log.error("{} {} met a fault on its way out", claim.kind(), claim.refId(), fault);
        cut();
        connection = null;
        DeliveryOutcome outcome = new DeliveryOutcome(
                DeliveryOutcome.Kind.UNKNOWN,
                new RelayReply(0, "", fault.getClass().getSimpleName()));
        Instant now = clock.instant();
        Attempt attempt =
                attemptOf(relay == null ? "" : relay.name(), outcome, startedAt, Duration.between(startedAt, now));
        meter.attempted(attempt);
        return policy.decide(claim, outcome, attempt, now);
    }

    /** Closes the connection, politely. */
    void close() {
        MailConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** Cuts the connection under a send that doesn't end, for good: no other is opened. */
    void abort() {
        aborted = true;
        cut();
    }

    private void cut() {
        MailConnection open = connection;
        if (open != null) {
            open.abort();
        }
    }

    private DeliveryResult attempt(Claim claim, EmailMessage message, @Nullable EmailMessage next) {
        MailConnection open = connection;
        boolean kept = open != null;
        if (open == null) {
            open = connect();
        }
        Relay used = relay;
        if (open == null || used == null) {
            return new DeliveryResult.Released(claim);
        }
        boolean last = sentOnConnection + 1 >= mailsPerConnection || !relays.isBest(used);
        Instant startedAt = clock.instant();
        long start = System.nanoTime();
        DeliveryOutcome outcome = open.send(message, last ? null : next);
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        sentOnConnection++;
        if (last || !open.usable()) {
            close();
        }
        if (aborted && isUncharged(outcome.kind())) {
            return new DeliveryResult.Released(claim);
        }
        if (kept && outcome.kind() == DeliveryOutcome.Kind.CONNECTION_LOST) {
            // A relay may close an idle or much used connection; that is no attempt of this mail.
            return attempt(claim, message, next);
        }
        return judged(claim, used, outcome, attemptOf(open.relay(), outcome, startedAt, duration));
    }

    /** An abort found no connection to cut while this one was being made. */
    private @Nullable MailConnection cutAtOnce() {
        cut();
        connection = null;
        return null;
    }

    /** A connection to the first relay that can be had; none while all are in trouble. */
    private @Nullable MailConnection connect() {
        Optional<Relay> admitted = aborted ? Optional.empty() : relays.admit();
        while (admitted.isPresent()) {
            Relay candidate = admitted.get();
            try {
                MailConnection opened = candidate.transport().connect();
                connection = opened;
                relay = candidate;
                sentOnConnection = 0;
                return aborted ? cutAtOnce() : opened;
            } catch (RelayUnavailableException e) {
                noteTrouble(candidate, e.reply());
                admitted = aborted ? Optional.empty() : relays.admit();
            }
        }
        return null;
    }

    /** Whether an outcome that we brought about ourselves says nothing about the mail. */
    private static boolean isUncharged(DeliveryOutcome.Kind kind) {
        return kind == DeliveryOutcome.Kind.CONNECTION_LOST || kind == DeliveryOutcome.Kind.TRANSIENT;
    }

    private DeliveryResult judged(Claim claim, Relay used, DeliveryOutcome outcome, Attempt attempt) {
        meter.attempted(attempt);
        switch (outcome.kind()) {
            case RELAY_TROUBLE -> noteTrouble(used, outcome.reply());
            // Refusing a mail is a relay's work too.
            case ACCEPTED, PERMANENT, SMTPUTF8_REQUIRED -> noteSuccess(used);
            case TRANSIENT, UNKNOWN, CONNECTION_LOST -> used.breaker().undecided();
        }
        return policy.decide(claim, outcome, attempt, clock.instant());
    }

    private void noteSuccess(Relay relay) {
        relay.standing().works(clock.instant());
        if (relay.breaker().success()) {
            log.info("relay {} works again", relay.name());
        }
    }

    private static Attempt attemptOf(String relay, DeliveryOutcome outcome, Instant startedAt, Duration duration) {
        return new Attempt(
                startedAt,
                relay,
                outcome.reply().code(),
                outcome.reply().enhancedCode(),
                outcome.reply().text(),
                duration,
                OutcomePolicy.attemptOutcome(outcome));
    }

    private void noteTrouble(Relay relay, RelayReply reply) {
        relay.standing().troubled(clock.instant(), reply);
        if (relay.breaker().trouble()) {
            String code = reply.code() == 0 ? "" : reply.code() + " ";
            log.warn("trouble with relay {}, sending to it pauses: {}{}", relay.name(), code, reply.text());
        }
    }
}
