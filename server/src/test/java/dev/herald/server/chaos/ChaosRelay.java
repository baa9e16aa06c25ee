package dev.herald.server.chaos;

import dev.herald.server.testing.LoopbackListener;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * An SMTP server on loopback that misbehaves as it is told, and otherwise accepts everything. Of a mail it keeps its
 * Message-ID, how often it came and its link, so that it can take hundreds of thousands. It takes pipelined commands. All methods
 * are thread-safe; what is told while connections are open holds from their next command on.
 */
final class ChaosRelay implements AutoCloseable {
    /** The moments at which it can misbehave. */
    enum Stage {
        GREETING,
        EHLO,
        MAIL,
        RCPT,
        DATA,
        DOT
    }

    /**
     * Where a conversation is.
     *
     * @param recipient the mail's; empty before RCPT
     * @param connection the connection's number, from 1
     * @param mails how many mails the connection has brought so far
     */
    record Moment(String recipient, int connection, int mails) {}

    /**
     * What came of one Message-ID.
     *
     * @param count how often it was accepted
     * @param link of the first copy
     * @param alike whether all copies had that link
     */
    record Copies(int count, String link, boolean alike) {
        Copies with(Copies other) {
            return new Copies(count + other.count, link, alike && link.equals(other.link));
        }
    }

    private final Map<Stage, Function<Moment, Answer>> scripts =
            Collections.synchronizedMap(new EnumMap<>(Stage.class));
    private final Map<String, Copies> mails = new ConcurrentHashMap<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger mailCommands = new AtomicInteger();
    private final LoopbackListener listener;
    private volatile Consumer<Moment> whenAccepted = moment -> {};
    private volatile Duration delay = Duration.ZERO;

    private ChaosRelay() {
        listener = LoopbackListener.start(
                connection -> new ChaosConversation(this, connection, connections.incrementAndGet()).run());
    }

    static ChaosRelay start() {
        return new ChaosRelay();
    }

    int port() {
        return listener.port();
    }

    /** Misbehave at a stage. */
    void at(Stage stage, Function<Moment, Answer> script) {
        scripts.put(stage, script);
    }

    void at(Stage stage, Answer answer) {
        at(stage, moment -> answer);
    }

    /** Behave again. */
    void behave() {
        scripts.clear();
        whenAccepted = moment -> {};
    }

    /** Runs after a mail was accepted and counted, before the client is told. */
    void whenAccepted(Consumer<Moment> hook) {
        whenAccepted = hook;
    }

    /** How long a mail takes behind its dot. */
    void delay(Duration perMail) {
        delay = perMail;
    }

    /** Closes every open connection; new ones are taken. */
    void dropConnections() {
        listener.dropConnections();
    }

    /** Plays dead: refuses new connections and closes the open ones. */
    void goDown() {
        listener.goDown();
    }

    /** Listens again on the same port. */
    void goUp() {
        listener.goUp();
    }

    /** How many mails were accepted, copies counted. */
    int accepted() {
        return accepted.get();
    }

    int connections() {
        return connections.get();
    }

    /** How many MAIL commands came. */
    int mailCommands() {
        return mailCommands.get();
    }

    Optional<Copies> copies(String messageId) {
        return Optional.ofNullable(mails.get(messageId));
    }

    @Override
    public void close() {
        goDown();
    }

    Answer answer(Stage stage, Moment moment) {
        if (stage == Stage.MAIL) {
            mailCommands.incrementAndGet();
        }
        Function<Moment, Answer> script = scripts.get(stage);
        return script == null ? Answer.USUAL : script.apply(moment);
    }

    void accept(Moment moment, String messageId, String link) {
        mails.merge(messageId, new Copies(1, link, true), Copies::with);
        accepted.incrementAndGet();
        whenAccepted.accept(moment);
    }

    Duration delay() {
        return delay;
    }
}
