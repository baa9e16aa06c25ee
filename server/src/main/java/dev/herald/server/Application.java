package dev.herald.server;

import dev.herald.server.caller.CallerAccess;
import dev.herald.server.delivery.DeliveryAttemptEntry;
import dev.herald.server.delivery.DeliveryEngine;
import dev.herald.server.delivery.DeliveryPauses;
import dev.herald.server.delivery.OrderConfig.WakeupBy;
import dev.herald.server.delivery.Outbox;
import dev.herald.server.delivery.OutboxEntry;
import dev.herald.server.delivery.QueueBell;
import dev.herald.server.delivery.QueueMeter;
import dev.herald.server.directory.DirectoryGrpcService;
import dev.herald.server.directory.DirectoryRepository;
import dev.herald.server.directory.DirectoryWriter;
import dev.herald.server.mail.MailAddress;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.mail.Templates;
import dev.herald.server.notification.AttendanceMail;
import dev.herald.server.notification.AttendanceTemplate;
import dev.herald.server.notification.EmailNotification;
import dev.herald.server.notification.NotificationCounts;
import dev.herald.server.notification.NotificationGrpcService;
import dev.herald.server.notification.NotificationRoom;
import dev.herald.server.notification.RetentionPurger;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.request.RequestResult;
import dev.herald.server.rpc.CallWatch;
import dev.herald.server.rpc.RpcServer;
import dev.herald.server.system.SystemGrpcService;
import dev.herald.server.system.SystemRoom;
import dev.herald.server.system.SystemStatusReader;
import dev.herald.server.system.TestMailer;
import dev.herald.server.telemetry.Telemetry;
import dev.herald.server.token.KeyRing;
import dev.herald.server.token.TokenConsumer;
import dev.herald.server.token.TokenDecoder;
import dev.herald.server.token.TokenGenerator;
import dev.herald.server.token.TokenGrpcService;
import dev.herald.server.token.TokenIssuer;
import dev.herald.server.token.TokenRevoker;
import dev.herald.server.token.TokenState;
import dev.herald.server.token.TokenStateCache;
import dev.herald.server.token.TokenStateRefresher;
import dev.herald.server.token.TokenStateRepository;
import dev.herald.server.token.TokenValidator;
import dev.herald.server.token.TokenVerifier;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running Herald: everything put together, floor by floor. {@link #close} takes it apart in the opposite order. */
public final class Application implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Application.class);
    private static final Duration RPC_GRACE = Duration.ofSeconds(10);
    private static final Duration SEND_GRACE = Duration.ofSeconds(8);

    private final AppConfig config;
    private final Clock clock;
    private final Telemetry telemetry;
    private final Database database;
    private final Threads threads;
    private final AtomicReference<KeyRing> keys;
    private final CallerAccess access;
    private final TokenStateRepository tokenStates = new TokenStateRepository();
    private final RequestLedger requests = new RequestLedger();
    private final TokenStateCache tokenStateCache;
    /** How to stop what was started, the last started first. */
    private final Deque<Runnable> stops;

    private final List<MailTransport> transports;
    private final DeliveryEngine delivery;
    /** Called when mail was queued. */
    private final Runnable wake;

    private final RpcServer rpc;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Application(AppConfig config, Clock clock, Deque<Runnable> stops) {
        this.config = config;
        this.clock = clock;
        this.stops = stops;
        // Templates first: they need nothing.
        AttendanceTemplate template =
                new AttendanceTemplate(new Templates(config.mail().templateDirectory()), config.notification());
        this.access = CallerAccess.of(config.rpc().callers(), config.rpc().tls(), clock);
        this.telemetry = Telemetry.start(config.telemetry());
        stops.push(telemetry::close);
        this.database = Database.open(config.database(), entities(), new CallsThatEnd());
        stops.push(database::close);
        database.measure(telemetry.meters());
        this.threads = new Threads(config.database().poolSize());
        stops.push(threads::close);
        Transactions transactions = database.transactions();
        this.tokenStateCache = new TokenStateCache(transactions, tokenStates, System::nanoTime);
        TokenStateRefresher refresher = TokenStateRefresher.start(tokenStateCache);
        stops.push(refresher::close);
        Housekeeper housekeeper = new Housekeeper(
                transactions,
                tokenStates,
                requests,
                new RetentionPurger(config.retention(), clock),
                threads,
                telemetry.meters());
        stops.push(housekeeper::close);
        this.keys = new AtomicReference<>(KeyRing.of(config.token()));
        TokenIssuer tokens = new TokenIssuer(keys::get);
        this.transports = MailTransport.of(config.mail());
        this.delivery = delivery(transactions, tokens, template);
        this.wake = config.delivery().order().wakeup() == WakeupBy.NOTIFY ? bell(transactions) : delivery::wake;
        this.rpc = rpc(transactions, tokens, template);
        if (config.delivery().on()) {
            delivery.start();
            stops.push(() -> delivery.stop(SEND_GRACE));
        }
        stops.push(() -> rpc.stop(RPC_GRACE));
        stops.push(reloads()::close);
        telemetry.readyWhen(rpc::isServing);
    }

    /**
     * Starts everything; when it returns, calls are served.
     *
     * @throws RuntimeException when something can't be had; what was started is stopped again
     */
    public static Application start(AppConfig config, Clock clock) {
        Deque<Runnable> stops = new ArrayDeque<>();
        try {
            Application application = new Application(config, clock, stops);
            log.info(
                    "serving on {}:{}, delivery {}",
                    config.rpc().host(),
                    application.rpc.port(),
                    config.delivery().on() ? "on" : "off");
            return application;
        } catch (RuntimeException e) {
            stops.forEach(Runnable::run);
            throw e;
        }
    }

    /** The port calls are served on. */
    public int port() {
        return rpc.port();
    }

    /** The listening server, for what must know all its methods. */
    public RpcServer rpc() {
        return rpc;
    }

    /** The figures, and where they are served. */
    public Telemetry telemetry() {
        return telemetry;
    }

    /** The database's transactions, for tests that look behind the calls. */
    public Database database() {
        return database;
    }

    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        stops.forEach(Runnable::run);
        log.info("stopped");
    }

    /** Every entity of every room. */
    static List<Class<?>> entities() {
        List<Class<?>> entities = new ArrayList<>(DirectoryRepository.entities());
        entities.addAll(List.of(
                TokenState.class,
                RequestResult.class,
                OutboxEntry.class,
                DeliveryAttemptEntry.class,
                EmailNotification.class));
        return entities;
    }

    private DeliveryEngine delivery(Transactions transactions, TokenIssuer tokens, AttendanceTemplate template) {
        AttendanceMail attendance = new AttendanceMail(
                transactions,
                tokens,
                template,
                config.mail().sender(),
                config.mail().messageIdDomain(),
                clock);
        DeliveryEngine engine = new DeliveryEngine(
                config.delivery(),
                transactions,
                transports,
                List.of(attendance),
                clock,
                telemetry.meters(),
                telemetry.traces().orElseGet(OpenTelemetry::noop).getTracer("dev.herald.server.delivery"));
        QueueMeter queue = new QueueMeter(transactions, engine.kinds(), telemetry.meters(), System::nanoTime);
        telemetry.beforeScrape(queue::look);
        return engine;
    }

    private Runnable bell(Transactions transactions) {
        QueueBell bell = QueueBell.start(transactions);
        stops.push(bell::close);
        if (config.delivery().on()) {
            stops.push(database.listen(QueueBell.CHANNEL, delivery::wake)::close);
        }
        return () -> {
            delivery.wake();
            bell.ring();
        };
    }

    private RpcServer rpc(Transactions transactions, TokenIssuer tokens, AttendanceTemplate template) {
        DirectoryWriter directoryWriter =
                new DirectoryWriter(transactions, config.database().directory(), MailAddress::isValid);
        NotificationRoom room = new NotificationRoom(
                config.notification(),
                transactions,
                new DirectoryRepository(),
                directoryWriter,
                new Outbox(),
                requests,
                tokens,
                tokenStates,
                clock,
                wake);
        NotificationGrpcService notifications =
                new NotificationGrpcService(room, template, threads.timer(), threads.calls());
        return RpcServer.start(
                config.rpc(),
                access,
                List.of(
                        notifications,
                        new DirectoryGrpcService(directoryWriter, directoryWriter.eraser(new NotificationCounts())),
                        new SystemGrpcService(systemRoom(transactions))),
                List.of(tokenService(transactions, tokens)),
                threads.calls(),
                threads.timer(),
                new CallWatch(telemetry.meters(), telemetry.traces()));
    }

    private SecretReloads reloads() {
        SecretReloads reloads = new SecretReloads(config);
        reloads.follow(keys, access);
        reloads.follow(access);
        reloads.follow(database);
        reloads.followMailPassword();
        return reloads;
    }

    private SystemRoom systemRoom(Transactions transactions) {
        return new SystemRoom(
                transactions,
                new DeliveryPauses(transactions),
                delivery.kinds(),
                new SystemStatusReader(transactions, database.schema()),
                () -> ConfigurationChecks.whileServing(config.settings(), database.url(), clock),
                new TestMailer(config.system(), config.mail(), transports, transactions, clock),
                clock,
                wake);
    }

    private TokenGrpcService tokenService(Transactions transactions, TokenIssuer tokens) {
        TokenVerifier verifier = new TokenVerifier(keys::get, clock);
        return new TokenGrpcService(
                new TokenGenerator(transactions, tokens, clock),
                new TokenValidator(verifier, tokenStateCache, transactions, tokenStates),
                new TokenDecoder(verifier),
                new TokenConsumer(transactions, tokenStates),
                new TokenRevoker(transactions, tokenStates, verifier),
                threads.tokenChecks(),
                telemetry.meters());
    }
}
