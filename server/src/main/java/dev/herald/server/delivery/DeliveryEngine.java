package dev.herald.server.delivery;

import dev.herald.server.config.Version;
import dev.herald.server.delivery.DeliveryWorker.Parcel;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.persistence.Transactions;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The machine that empties the outbox: one a process, any number of processes over one database. At least once: a crash or a
 * connection lost behind the final dot can double the mails in flight, nothing else does. Thread-safe.
 */
public final class DeliveryEngine {
    private static final Logger log = LoggerFactory.getLogger(DeliveryEngine.class);

    private static final Duration ABORT_LIMIT = Duration.ofSeconds(2);

    private final Transactions transactions;
    private final OutboxRepository repository;
    private final Set<String> kinds;
    private final InHand inHand;
    private final Wakeup wakeup = new Wakeup();
    /** The workers' queue: a mail that was claimed later may be more urgent. */
    private final BlockingQueue<Parcel> queue = new PriorityBlockingQueue<>(
            64, Comparator.comparingLong(parcel -> parcel.claim().rank()));

    private final LeaseKeeper leaseKeeper;
    private final PresenceKeeper presence;
    private final ResultRecorder recorder;
    private final SuspectLane suspects;
    private final DeliveryDispatcher dispatcher;
    private final List<DeliveryWorker> workers;

    /**
     * A machine that stands still; {@link #start} it.
     *
     * @param transports where mail can go, in order of preference
     * @param tracer for mails whose calls were traced
     */
    public DeliveryEngine(
            DeliveryConfig config,
            Transactions transactions,
            List<MailTransport> transports,
            List<MailKind> mailKinds,
            Clock clock,
            MeterRegistry meters,
            Tracer tracer) {
        this.transactions = transactions;
        this.repository = new OutboxRepository(config.lease());
        Map<String, MailKind> kinds = mailKinds.stream().collect(Collectors.toMap(MailKind::name, Function.identity()));
        this.kinds = Set.copyOf(kinds.keySet());
        Relays relays = new Relays(transports, () -> new RelayBreaker(System::nanoTime, new Random()));
        OutcomePolicy policy = new OutcomePolicy(
                config.maxRetries(),
                new BackoffPolicy(new Random()),
                kind -> kinds.containsKey(kind) && kinds.get(kind).whenUnknown() == MailKind.WhenUnknown.HOLD);
        this.inHand = new InHand(System::nanoTime, config.lease());
        DeliveryTally tally = new DeliveryTally(System::nanoTime);
        String owner = owner();
        this.presence =
                new PresenceKeeper(transactions, new ExecutorRepository(owner, Version.text()), inHand, tally, relays);
        DeliveryMeter meter = new DeliveryMeter(meters, kinds.keySet());
        if (config.on()) {
            meter.watch(relays.all(), inHand);
        }
        Supplier<Courier> couriers = () ->
                new Courier(relays, policy, clock, config.mailsPerConnection(), meter, new DeliveryTracer(tracer));
        this.leaseKeeper = new LeaseKeeper(transactions, repository, inHand, config.lease(), meter);
        this.recorder = new ResultRecorder(transactions, repository, kinds, inHand, tally, wakeup, meter);
        MailComposer composer = new MailComposer(kinds, recorder);
        this.suspects = new SuspectLane(transactions, repository, composer, inHand, recorder, couriers.get());
        this.dispatcher = dispatcher(config, owner, relays, composer, meter);
        this.workers = IntStream.rangeClosed(1, config.connections())
                .mapToObj(number -> new DeliveryWorker(number, queue, inHand, recorder, couriers.get()))
                .toList();
    }

    private DeliveryDispatcher dispatcher(
            DeliveryConfig config, String owner, Relays relays, MailComposer composer, DeliveryMeter meter) {
        RateRepository rates = new RateRepository();
        RelayAllowance allowance = new RelayAllowance(config.order().mailsPerSecond(), transactions, rates, relays);
        DomainLimiter domains = new DomainLimiter(config.order().domainsPerSecond(), transactions, rates, recorder);
        ClaimRepository claims = new ClaimRepository(owner, config.lease());
        MailClaimer claimer =
                new MailClaimer(transactions, claims, kinds, relays, allowance, inHand, config.lease(), meter);
        return new DeliveryDispatcher(claimer, allowance, domains, composer, recorder, suspects, inHand, queue, wakeup);
    }

    /** The kinds of mail it delivers. */
    public Set<String> kinds() {
        return kinds;
    }

    public void start() {
        leaseKeeper.start();
        recorder.start();
        workers.forEach(DeliveryWorker::start);
        suspects.start();
        dispatcher.start();
        presence.start();
    }

    /** Says that mails were queued, or a pause has ended; call it after the commit. */
    public void wake() {
        dispatcher.wake();
    }

    /**
     * Stops in order: no new claims, the mails under way to their end (cut after the grace), their results written, the rest
     * given back at once, and the heartbeat last.
     */
    public void stop(Duration grace) {
        dispatcher.stop(Duration.ofSeconds(5));
        workers.forEach(DeliveryWorker::stop);
        suspects.stop();
        if (!join(grace)) {
            workers.forEach(DeliveryWorker::abort);
            suspects.abort();
            // One that is still connecting can't be cut; its mail is given back below, and it opens no other
            // connection.
            join(ABORT_LIMIT);
        }
        recorder.stop(Duration.ofSeconds(5));
        giveBack();
        leaseKeeper.stop();
        presence.stop();
    }

    private boolean join(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        boolean ended = suspects.join(left(end));
        for (DeliveryWorker worker : workers) {
            ended &= worker.join(left(end));
        }
        return ended;
    }

    private void giveBack() {
        List<Claim> left = inHand.all();
        if (left.isEmpty()) {
            return;
        }
        try {
            transactions.writeSql(connection -> repository.release(connection, left));
            log.info("{} mail(s) given back to the queue", left.size());
        } catch (RuntimeException e) {
            log.warn("{} mail(s) could not be given back; their leases will run out", left.size());
        }
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    private static String owner() {
        return hostName() + "/" + ProcessHandle.current().pid() + "/" + UUID.randomUUID();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
