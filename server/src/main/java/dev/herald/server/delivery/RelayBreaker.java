package dev.herald.server.delivery;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Pauses sending to a relay in trouble, so that an outage costs no mail its attempts. Opens at the first trouble; then
 * one mail at a time probes, after 1, 2, 4 s and so on up to 30 s; a mail it takes or refuses closes it. Level-triggered: it is asked
 * before each claim and each connection, and an open one always ends by itself. Thread-safe.
 */
final class RelayBreaker {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final LongSupplier nanos;
    private final RandomGenerator random;
    private int troubles;
    private long openUntil;
    private boolean probing;
    private long probingUntil;

    /**
     * A closed breaker.
     *
     * @param nanos a monotonic clock
     */
    RelayBreaker(LongSupplier nanos, RandomGenerator random) {
        this.nanos = nanos;
        this.random = random;
    }

    /** How many mails may be taken in hand now: none while open or probing, one when a probe is due, any number while closed. */
    synchronized int permits() {
        if (troubles == 0) {
            return Integer.MAX_VALUE;
        }
        return wantsProbe() ? 1 : 0;
    }

    synchronized boolean isClosed() {
        return troubles == 0;
    }

    /** Whether a probe is due and none is under way. */
    synchronized boolean wantsProbe() {
        long now = nanos.getAsLong();
        return troubles > 0 && now - openUntil >= 0 && !(probing && now - probingUntil < 0);
    }

    /** Whether a connection may be opened now; while half open, to one asker at a time, who tells how it went. */
    synchronized boolean admit() {
        if (isClosed()) {
            return true;
        } else if (wantsProbe()) {
            probing = true;
            // Who was admitted may have found nothing to do.
            probingUntil = nanos.getAsLong() + LONGEST_PAUSE.toNanos();
            return true;
        }
        return false;
    }

    /** The relay could not be used; whether this opened the breaker. */
    synchronized boolean trouble() {
        boolean opens = troubles == 0;
        // Mails that were under way when it opened say nothing new.
        if (opens || nanos.getAsLong() - openUntil >= 0) {
            troubles++;
            openUntil = nanos.getAsLong() + pause().toNanos();
        }
        probing = false;
        return opens;
    }

    /** A mail's outcome says nothing of the relay; where it was the probe, another is due after a pause. */
    synchronized void undecided() {
        if (probing) {
            probing = false;
            openUntil = nanos.getAsLong() + pause().toNanos();
        }
    }

    /** The relay did its work; whether this closed the breaker. */
    synchronized boolean success() {
        boolean closes = troubles > 0;
        troubles = 0;
        probing = false;
        return closes;
    }

    private Duration pause() {
        long doubled = FIRST_PAUSE.toMillis() << Math.min(troubles - 1, 20);
        long base = Math.min(doubled, LONGEST_PAUSE.toMillis());
        return Duration.ofMillis(base - Math.round(base * 0.2 * random.nextDouble()));
    }
}
