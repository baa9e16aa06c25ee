package dev.herald.server.delivery;

import dev.herald.server.mail.DeliveryOutcome;
import dev.herald.server.mail.EmailMessage;
import dev.herald.server.mail.MailConnection;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.mail.RelayReply;
import dev.herald.server.mail.RelayUnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands mails to a relay over one kept connection. Used by one thread; only {@link #abort} may come from another.
 */
final class Courier {
    private static final Logger log = LoggerFactory.getLogger(Courier.class);

    private final MailTransport transport;
    private final RelayBreaker breaker;
    private final OutcomePolicy policy;
    private final Clock clock;
    private final int mailsPerConnection;
    private volatile @Nullable MailConnection connection;
    private volatile boolean aborted;
    private int sentOnConnection;

    Courier(MailTransport transport, RelayBreaker breaker, OutcomePolicy policy, Clock clock, int mailsPerConnection) {
        this.transport = transport;
        this.breaker = breaker;
        this.policy = policy;
        this.clock = clock;
        this.mailsPerConnection = mailsPerConnection;
    }

    /** Sends one mail; always has a result. Relay trouble opens the breaker and gives the mail back uncharged. */
    DeliveryResult deliver(Claim claim, EmailMessage message) {
        Instant startedAt = clock.instant();
        try {
            return attempt(claim, message);
        } catch (RelayUnavailableException e) {
            noteTrouble(e.reply().text());
            return new DeliveryResult.Released(claim);
        } catch (RuntimeException | Error e) {
            return unforeseen(claim, startedAt, e);
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
        Attempt attempt = attemptOf(transport.relay(), outcome, startedAt, Duration.between(startedAt, now));
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

    private DeliveryResult attempt(Claim claim, EmailMessage message) throws RelayUnavailableException {
        MailConnection open = connection;
        boolean kept = open != null;
        if (open == null) {
            if (aborted || breaker.permits() == 0) {
                return new DeliveryResult.Released(claim);
            }
            open = transport.connect();
            connection = open;
            sentOnConnection = 0;
        }
        Instant startedAt = clock.instant();
        long start = System.nanoTime();
        DeliveryOutcome outcome = open.send(message);
        Duration duration = Duration.ofNanos(System.nanoTime() - start);
        keepOrClose(open);
        if (aborted && isUncharged(outcome.kind())) {
            return new DeliveryResult.Released(claim);
        }
        if (kept && outcome.kind() == DeliveryOutcome.Kind.CONNECTION_LOST) {
            // A relay may close an idle or much used connection; that is no attempt of this mail.
            return attempt(claim, message);
        }
        return judged(claim, outcome, attemptOf(open.relay(), outcome, startedAt, duration));
    }

    /** Whether an outcome that we brought about ourselves says nothing about the mail. */
    private static boolean isUncharged(DeliveryOutcome.Kind kind) {
        return kind == DeliveryOutcome.Kind.CONNECTION_LOST || kind == DeliveryOutcome.Kind.TRANSIENT;
    }

    private void keepOrClose(MailConnection open) {
        sentOnConnection++;
        if (!open.usable() || sentOnConnection >= mailsPerConnection) {
            close();
        }
    }

    private DeliveryResult judged(Claim claim, DeliveryOutcome outcome, Attempt attempt) {
        if (outcome.kind() == DeliveryOutcome.Kind.RELAY_TROUBLE) {
            noteTrouble(outcome.reply().text());
        } else if (outcome.kind() == DeliveryOutcome.Kind.ACCEPTED && breaker.success()) {
            log.info("relay {} accepts mail again", attempt.relay());
        }
        return policy.decide(claim, outcome, attempt, clock.instant());
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

    private void noteTrouble(String reply) {
        if (breaker.trouble()) {
            log.warn("relay trouble, sending pauses: {}", reply);
        }
    }
}
