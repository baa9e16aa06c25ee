package dev.herald.server.testing;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An SMTP server on loopback that does exactly what a test tells it, at exactly the moment the test names, and otherwise
 * accepts everything. It takes pipelined commands and any number of connections (a thread each). All methods are
 * thread-safe; a script set while connections are open holds from their next command on.
 */
public final class ScriptedSmtpServer implements AutoCloseable {
    /** The moments at which a reply can be scripted, and what its script is given as argument. */
    public enum Stage {
        /** The greeting; argument: the connection's number, from 1. */
        CONNECT,
        /** EHLO or HELO; argument: the client's name. */
        EHLO,
        /** STARTTLS; no argument. */
        STARTTLS,
        /** AUTH; argument: the mechanism with what follows. */
        AUTH,
        /** MAIL; argument: the sender's address. */
        MAIL,
        /** RCPT; argument: the recipient's address. */
        RCPT,
        /** DATA; argument: the recipient's address. */
        DATA,
        /** The final dot; argument: the recipient's address. */
        DOT,
        /** RSET; no argument. */
        RSET,
        /** NOOP; no argument. */
        NOOP,
        /** QUIT; no argument. */
        QUIT
    }

    /** As a reply: close the connection without a word. At DOT the mail is not accepted. */
    public static final String DROP = "\0drop";

    /** As a reply at DOT: accept the mail and close the connection before saying so. */
    public static final String ACCEPT_AND_DROP = "\0accept-and-drop";

    /** As a reply: say nothing until the client goes or the server closes. */
    public static final String HANG = "\0hang";

    /** In front of a reply: send it a byte every 200 ms. */
    public static final String DRIBBLE = "\0dribble";

    private final Map<Stage, Function<String, @Nullable String>> scripts =
            Collections.synchronizedMap(new EnumMap<>(Stage.class));
    private final Queue<Received> mails = new ConcurrentLinkedQueue<>();
    private final Queue<String> commands = new ConcurrentLinkedQueue<>();
    private final Queue<String> flights = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final @Nullable SSLContext tls;
    private final boolean implicitTls;
    private final LoopbackListener listener;
    private volatile boolean recordsFlights;
    private volatile List<String> extensions = List.of("PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES");

    private ScriptedSmtpServer(@Nullable SSLContext tls, boolean implicitTls) {
        this.tls = tls;
        this.implicitTls = implicitTls;
        this.listener = LoopbackListener.start(
                connection -> new SmtpDialogue(this, connection, connections.incrementAndGet()).run());
    }

    /** A plain server on a free port of 127.0.0.1. */
    public static ScriptedSmtpServer start() {
        return start(null, false);
    }

    /** A server that offers STARTTLS, and requires nothing. */
    public static ScriptedSmtpServer startWithStartTls(SSLContext tls) {
        return start(tls, false);
    }

    /** A server that speaks TLS from the first byte. */
    public static ScriptedSmtpServer startWithImplicitTls(SSLContext tls) {
        return start(tls, true);
    }

    private static ScriptedSmtpServer start(@Nullable SSLContext tls, boolean implicitTls) {
        return new ScriptedSmtpServer(tls, implicitTls);
    }

    public int port() {
        return listener.port();
    }

    /** Scripts a stage: the reply without its line end, one of the constants above, or null for the usual reply. */
    public ScriptedSmtpServer reply(Stage stage, Function<String, @Nullable String> script) {
        scripts.put(stage, script);
        return this;
    }

    /** The same reply always. */
    public ScriptedSmtpServer reply(Stage stage, String reply) {
        return reply(stage, argument -> reply);
    }

    /** The reply so many times, then the usual one. */
    public ScriptedSmtpServer replyTimes(int times, Stage stage, String reply) {
        AtomicInteger left = new AtomicInteger(times);
        return reply(stage, argument -> left.getAndDecrement() > 0 ? reply : null);
    }

    /** Back to the usual reply. */
    public ScriptedSmtpServer usual(Stage stage) {
        scripts.remove(stage);
        return this;
    }

    /** What EHLO announces, in place of PIPELINING, 8BITMIME and ENHANCEDSTATUSCODES; STARTTLS is added by itself. */
    public ScriptedSmtpServer announce(String... keywords) {
        extensions = List.of(keywords);
        return this;
    }

    /** The accepted mails, oldest first. */
    public List<Received> mails() {
        return List.copyOf(mails);
    }

    /** How many mails were accepted; cheaper than counting them. */
    public int accepted() {
        return accepted.get();
    }

    /** Every command line of every connection, without DATA's lines, in the order they came. */
    public List<String> commands() {
        return List.copyOf(commands);
    }

    /** From now on keeps what comes in, for {@link #flights}. */
    public ScriptedSmtpServer recordFlights() {
        recordsFlights = true;
        return this;
    }

    /**
     * What came in since {@link #recordFlights}, as it came: what a client wrote at once is one of them, unless it was longer
     * than a read takes (32 KB), or the client wrote again before the server looked. A character a byte.
     */
    public List<String> flights() {
        return List.copyOf(flights);
    }

    /** How many connections were taken so far. */
    public int connections() {
        return connections.get();
    }

    /** How many connections are open now. */
    public int openConnections() {
        return listener.connections();
    }

    /** Closes every open connection; new ones are taken. */
    public void dropConnections() {
        listener.dropConnections();
    }

    /** Plays dead: new connections are refused and the open ones closed, until {@link #goUp}. */
    public void goDown() {
        listener.goDown();
    }

    /** Listens again, on the same port. */
    public void goUp() {
        listener.goUp();
    }

    @Override
    public void close() {
        closed.countDown();
        goDown();
    }

    @Nullable
    String scripted(Stage stage, String argument) {
        if (stage == Stage.RCPT) {
            LeakScan.recipient(argument);
        }
        Function<String, @Nullable String> script = scripts.get(stage);
        return script == null ? null : script.apply(argument);
    }

    List<String> extensions() {
        return extensions;
    }

    @Nullable
    SSLContext tls() {
        return tls;
    }

    boolean implicitTls() {
        return implicitTls;
    }

    CountDownLatch closed() {
        return closed;
    }

    void record(String commandLine) {
        commands.add(commandLine);
    }

    void recordFlight(byte[] octets, int offset, int count) {
        if (recordsFlights && count > 0) {
            flights.add(new String(octets, offset, count, StandardCharsets.ISO_8859_1));
        }
    }

    void accept(Received mail) {
        mails.add(mail);
        accepted.incrementAndGet();
    }

    /**
     * A mail as it came over the wire.
     *
     * @param from the envelope's sender
     * @param recipients the envelope's recipients that were accepted
     * @param data header and body, dot-stuffing undone
     * @param connection the number of its connection, from 1
     */
    public record Received(String from, List<String> recipients, byte[] data, int connection) {
        /** The one recipient; fails when there were several. */
        public String to() {
            if (recipients.size() != 1) {
                throw new AssertionError("expected one recipient, got " + recipients.size());
            }
            return recipients.get(0);
        }

        /** The whole mail, a character a byte. */
        public String text() {
            return new String(data, StandardCharsets.ISO_8859_1);
        }

        /** The first header of that name, unfolded; empty when there is none. */
        public String header(String name) {
            String text = text();
            int end = text.indexOf("\r\n\r\n");
            String headers = (end < 0 ? text : text.substring(0, end)).replaceAll("\r\n[ \t]", " ");
            return headers.lines()
                    .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        public String messageId() {
            return header("Message-ID");
        }
    }
}
