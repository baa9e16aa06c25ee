package dev.herald.server.delivery;

import dev.herald.server.config.Settings;
import dev.herald.server.mail.MailConfig;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.persistence.Database;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Engines over one database and one relay, with mail of {@link FakeMailKind}, whose number is its recipient's. */
final class DeliveryScene implements AutoCloseable {
    final Database database = TestDatabase.open();
    final ScriptedSmtpServer relay = ScriptedSmtpServer.start();
    final FakeMailKind kind = new FakeMailKind();
    private final List<DeliveryEngine> engines = new ArrayList<>();

    /** Starts an engine with so many connections. */
    DeliveryEngine start(int connections, OrderConfig order) {
        DeliveryConfig config = new DeliveryConfig(true, Duration.ofSeconds(60), 3, connections, 1_000, order);
        DeliveryEngine engine = engine(config, database, kind, relay);
        engines.add(engine);
        engine.start();
        return engine;
    }

    /** An engine that stands still, and prefers the relays in their order. */
    static DeliveryEngine engine(
            DeliveryConfig config, Database database, FakeMailKind kind, ScriptedSmtpServer... relays) {
        String hosts =
                Stream.of(relays).map(relay -> "127.0.0.1:" + relay.port()).collect(Collectors.joining(","));
        MailConfig mail = MailConfig.from(Settings.of(
                Map.of(),
                Map.of(
                        "EMAIL_HOST", hosts,
                        "EMAIL_USE_TLS", "off",
                        "DEFAULT_FROM_EMAIL", "attendance@campus.example")));
        return new DeliveryEngine(
                config,
                database.transactions(),
                MailTransport.of(mail),
                List.of(kind),
                Clock.systemUTC(),
                new SimpleMeterRegistry(),
                OpenTelemetry.noop().getTracer(""));
    }

    static OrderConfig limited(int mailsPerSecond) {
        return new OrderConfig(OrderConfig.WakeupBy.POLL, OptionalInt.of(mailsPerSecond), Map.of());
    }

    /** Has the relay take its time over each mail. */
    void slow(Duration delay) {
        relay.reply(Stage.DOT, to -> {
            LockSupport.parkNanos(delay.toNanos());
            return null;
        });
    }

    /** Queues one group of mails and wakes the engines. */
    void enqueue(long first, long last, Priority priority) {
        enqueue(database, first, last, priority);
        engines.forEach(DeliveryEngine::wake);
    }

    static void enqueue(Database database, long first, long last, Priority priority) {
        database.transactions().writeSql(connection -> {
            new Outbox()
                    .enqueue(
                            connection,
                            FakeMailKind.KIND,
                            LongStream.rangeClosed(first, last).toArray(),
                            priority,
                            0);
            return last;
        });
    }

    long number(String sql) {
        return TestDatabase.number(database.url(), sql);
    }

    void update(String sql) {
        TestDatabase.update(database.url(), sql);
    }

    /** How many mails the relay accepted whose number passes. */
    long arrived(LongPredicate wanted) {
        return relay.mails().stream().filter(mail -> wanted.test(number(mail))).count();
    }

    /** The number of a mail that arrived. */
    static long number(Received mail) {
        return Long.parseLong(mail.recipients().get(0).replaceAll("[^0-9]", ""));
    }

    @Override
    public void close() {
        engines.forEach(engine -> engine.stop(Duration.ofSeconds(5)));
        relay.close();
        database.close();
    }
}
