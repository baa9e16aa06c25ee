package dev.herald.server.delivery;

import dev.herald.server.delivery.DeliveryWorker.Parcel;
import dev.herald.server.delivery.RateRepository.Asked;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets no more mail through to a recipient's domain than all processes together may send there; puts the rest off until its turn
 * is likely to come, so that it stands in nobody's way. Used by one thread.
 */
final class DomainLimiter {
    private static final Logger log = LoggerFactory.getLogger(DomainLimiter.class);
    private static final long LONGEST_DELAY_NANOS = Duration.ofMinutes(5).toNanos();
    /** A bucket holds half a second's worth: what isn't asked for by then is lost to its domain. */
    private static final Duration LONGEST_REST = Duration.ofMillis(250);

    private final Map<String, Integer> perSecond;
    private final Transactions transactions;
    private final RateRepository rates;
    private final ResultRecorder recorder;
    /** By domain, until when those put off before will use up its rate; of System.nanoTime. */
    private final Map<String, Long> takenUntil = new HashMap<>();

    DomainLimiter(
            Map<String, Integer> perSecond, Transactions transactions, RateRepository rates, ResultRecorder recorder) {
        this.perSecond = perSecond;
        this.transactions = transactions;
        this.rates = rates;
        this.recorder = recorder;
    }

    boolean limitsNothing() {
        return perSecond.isEmpty();
    }

    /** Hands on what may be sent, in order; how many were held back. */
    int admit(List<Parcel> composed, Consumer<Parcel> onward) {
        Map<String, Integer> wanted = new HashMap<>();
        composed.forEach(parcel -> wanted.merge(domain(parcel), 1, Integer::sum));
        wanted.keySet().retainAll(perSecond.keySet());
        Map<String, Integer> granted;
        try {
            granted = take(wanted);
        } catch (HeraldException e) {
            log.warn("{} mail(s) wait: {}", composed.size(), e.text());
            composed.forEach(parcel -> recorder.add(new DeliveryResult.Released(parcel.claim())));
            return composed.size();
        }
        int heldBack = 0;
        for (Parcel parcel : composed) {
            String domain = domain(parcel);
            if (!wanted.containsKey(domain) || granted.merge(domain, -1, Integer::sum) >= 0) {
                onward.accept(parcel);
            } else {
                heldBack++;
                recorder.add(new DeliveryResult.Deferred(parcel.claim(), delay(domain)));
            }
        }
        return heldBack;
    }

    /** How long the dispatcher may rest, where it would rest that long: less while mails that were put off come due one by one. */
    Duration rest(Duration otherwise) {
        long now = System.nanoTime();
        boolean someWait = takenUntil.values().stream().anyMatch(until -> until - now > 0);
        return someWait && otherwise.compareTo(LONGEST_REST) > 0 ? LONGEST_REST : otherwise;
    }

    private Map<String, Integer> take(Map<String, Integer> wanted) {
        if (wanted.isEmpty()) {
            return new HashMap<>();
        }
        List<Asked> asked = new ArrayList<>();
        wanted.forEach((domain, count) -> asked.add(new Asked("domain " + domain, rate(domain), count)));
        Map<String, Integer> byScope = transactions.statement(connection -> rates.take(connection, asked));
        Map<String, Integer> granted = new HashMap<>();
        wanted.keySet().forEach(domain -> granted.put(domain, byScope.getOrDefault("domain " + domain, 0)));
        return granted;
    }

    /** Each put off has its turn behind the one before. */
    private Duration delay(String domain) {
        long now = System.nanoTime();
        long before = takenUntil.getOrDefault(domain, now);
        long turn = Math.max(now, before) + 1_000_000_000L / rate(domain);
        long delay = Math.min(turn - now, LONGEST_DELAY_NANOS);
        takenUntil.put(domain, now + delay);
        return Duration.ofNanos(delay);
    }

    private int rate(String domain) {
        return perSecond.getOrDefault(domain, 1);
    }

    private static String domain(Parcel parcel) {
        return parcel.message().recipient().address().domain().toLowerCase(Locale.ROOT);
    }
}
