package dev.herald.server.mail;

import dev.herald.server.config.Secret;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.eclipse.angus.mail.util.MailConnectException;
import org.jspecify.annotations.Nullable;

/** SMTP to one relay. It gets a second chance at once when its connection times out. */
public final class SmtpTransport implements MailTransport {
    private final MailConfig config;
    private final RelayHost relay;
    private final SSLSocketFactory tls;
    private final SmtpTimeouts timeouts;
    private final Watchdog watchdog;
    /** Making one looks through the whole class path, so they are kept; each serves one connection in the making at a time. */
    private final Queue<Session> sessions = new ConcurrentLinkedQueue<>();

    /** With whom to trust, and how long to wait. */
    public SmtpTransport(MailConfig config, RelayHost relay, SSLSocketFactory tls, SmtpTimeouts timeouts) {
        this(config, relay, tls, timeouts, new Watchdog(timeouts));
    }

    private SmtpTransport(
            MailConfig config, RelayHost relay, SSLSocketFactory tls, SmtpTimeouts timeouts, Watchdog watchdog) {
        this.config = config;
        this.relay = relay;
        this.tls = tls;
        this.timeouts = timeouts;
        this.watchdog = watchdog;
    }

    /** One a relay, with the platform's trusted authorities and the usual time-outs. */
    static List<MailTransport> all(MailConfig config) {
        Watchdog watchdog = new Watchdog(SmtpTimeouts.DEFAULT);
        SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
        return config.relays().stream()
                .<MailTransport>map(relay -> new SmtpTransport(config, relay, tls, SmtpTimeouts.DEFAULT, watchdog))
                .toList();
    }

    @Override
    public String relay() {
        return relay.toString();
    }

    @Override
    public MailConnection connect() throws RelayUnavailableException {
        return connect(timeouts.attempt());
    }

    @Override
    public MailConnection connect(Duration most) throws RelayUnavailableException {
        long end = System.nanoTime() + most.toNanos();
        try {
            return connect(most, true);
        } catch (SocketTimeoutException e) {
            return connectLast(Duration.ofNanos(end - System.nanoTime()));
        }
    }

    private MailConnection connectLast(Duration most) throws RelayUnavailableException {
        try {
            return connect(most, false);
        } catch (SocketTimeoutException e) {
            throw new RelayUnavailableException(relay.toString(), RelayReply.none(Faults.describe(e)));
        }
    }

    private MailConnection connect(Duration most, boolean again)
            throws RelayUnavailableException, SocketTimeoutException {
        CapturedSocket socket = new CapturedSocket(tls);
        Session kept = sessions.poll();
        Session settings = kept == null ? Session.getInstance(properties()) : kept;
        settings.getProperties().put("mail.smtp.socketFactory", socket.plainFactory());
        settings.getProperties().put("mail.smtp.ssl.socketFactory", socket.tlsFactory());
        SMTPTransport session =
                new SMTPTransport(settings, new URLName("smtp", relay.host(), relay.port(), null, null, null));
        Watchdog.Leash leash = watchdog.hold(socket);
        boolean connected = false;
        try {
            leash.startAttempt(most);
            session.connect(relay.host(), relay.port(), config.user().orElse(null), password());
            leash.endAttempt();
            MailConnection connection = new SmtpConnection(relay.toString(), session, socket, leash);
            connected = true;
            return connection;
        } catch (MessagingException e) {
            if (again
                    && e instanceof MailConnectException
                    && Faults.root(e) instanceof SocketTimeoutException timeOut) {
                throw timeOut;
            }
            throw new RelayUnavailableException(relay.toString(), reply(session, e));
        } catch (IOException e) {
            throw new RelayUnavailableException(relay.toString(), RelayReply.none(Faults.describe(e)));
        } finally {
            sessions.add(settings);
            if (!connected) {
                leash.release();
                socket.cut();
            }
        }
    }

    /** What the relay said against us, or what happened on the way. */
    private static RelayReply reply(SMTPTransport session, MessagingException fault) {
        int code = session.getLastReturnCode();
        @Nullable String response = session.getLastServerResponse();
        return code >= 400 && code < 600 && response != null
                ? RelayReply.read(code, response)
                : RelayReply.none(Faults.describe(fault));
    }

    private @Nullable String password() {
        return config.password().map(Secret::reveal).orElse(null);
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.put("mail.smtp.socketFactory.fallback", "false");
        properties.put("mail.smtp.ssl.socketFactory.fallback", "false");
        properties.put("mail.smtp.ssl.enable", Boolean.toString(config.implicitTls()));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        properties.put("mail.smtp.ssl.protocols", "TLSv1.2 TLSv1.3");
        properties.put("mail.smtp.starttls.enable", Boolean.toString(config.startTls()));
        properties.put("mail.smtp.starttls.required", Boolean.toString(config.startTls()));
        properties.put("mail.smtp.auth", Boolean.toString(mayLogIn()));
        properties.put("mail.smtp.connectiontimeout", millis(timeouts.connect()));
        properties.put("mail.smtp.timeout", millis(timeouts.read()));
        properties.put("mail.smtp.quitwait", "false");
        return properties;
    }

    /** A password never goes over a plain connection. */
    private boolean mayLogIn() {
        return config.user().isPresent() && (config.startTls() || config.implicitTls());
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
