package dev.herald.server.delivery;

import dev.herald.server.mail.DeliveryOutcome;
import dev.herald.server.mail.EmailMessage;
import dev.herald.server.mail.MailConnection;
import dev.herald.server.mail.MailTransport;
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
    private int sentOnConnection;

    Courier(MailTransport transport, RelayBreaker breaker, OutcomePolicy policy, Clock clock, int mailsPerConnection) {
        this.transport = transport;
        this.breaker = breaker;
        this.policy = policy;
        this.clock = clock;
        this.mailsPerConnection = mailsPerConnection;
    }

    /** Sends one mail. Relay trouble opens the breaker and gives the mail back uncharged. */
    DeliveryResult deliver(Claim claim, EmailMessage message) {
        try {
            return attempt(claim, message);
        } catch (RelayUnavailableException e) {
            noteTrouble(e.reply().text());
            return new DeliveryResult.Released(claim);
        }
    }

    /** Closes the connection, politely. */
    void close() {
        MailConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    /** Cuts the connection under a send that doesn't end. */
    void abort() {
        MailConnection open = connection;
        if (open != null) {
            open.abort();
        }
    }

    private DeliveryResult attempt(Claim claim, EmailMessage message) throws RelayUnavailableException {
        MailConnection open = connection;
        boolean kept = open != null;
        if (open == null) {
            if (breaker.permits() == 0) {
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
        if (kept && outcome.kind() == DeliveryOutcome.Kind.CONNECTION_LOST) {
            // A relay may close an idle or much used connection; that is no attempt of this mail.
            return attempt(claim, message);
        }
        return judged(claim, outcome, attemptOf(open, outcome, startedAt, duration));
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

    private static Attempt attemptOf(
            MailConnection open, DeliveryOutcome outcome, Instant startedAt, Duration duration) {
        return new Attempt(
                startedAt,
                open.relay(),
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
