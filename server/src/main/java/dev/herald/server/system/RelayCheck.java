package dev.herald.server.system;

import dev.herald.server.mail.MailConnection;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.mail.RelayReply;
import dev.herald.server.mail.RelayUnavailableException;
import java.util.List;
import java.util.Set;

/** Whether a relay takes us, up to the point where mail could be sent: connection, TLS, login. Sends none. */
public final class RelayCheck implements SystemCheck {
    private static final String ADDRESS =
            "look at EMAIL_HOST and EMAIL_PORT: is a relay listening there, and does no" + " firewall stand between?";
    /** RFC 4954: authentication required, too weak, refused, needs encryption. */
    private static final Set<Integer> LOGIN_CODES = Set.of(530, 534, 535, 538);

    private final MailTransport transport;

    public RelayCheck(MailTransport transport) {
        this.transport = transport;
    }

    @Override
    public String name() {
        return "relay " + transport.relay();
    }

    @Override
    public String mend() {
        return ADDRESS;
    }

    @Override
    public List<CheckResult> look() {
        try (MailConnection connection = transport.connect()) {
            return List.of(CheckResult.ok(name(), connection.usable() ? "would take mail" : "was reached"));
        } catch (RelayUnavailableException e) {
            RelayReply reply = e.reply();
            String code = reply.code() == 0 ? "" : reply.code() + " ";
            return List.of(CheckResult.failed(name(), code + reply.text(), mend(reply)));
        }
    }

    private static String mend(RelayReply reply) {
        String text = reply.text();
        if (LOGIN_CODES.contains(reply.code()) || text.startsWith("login refused")) {
            return "look at EMAIL_HOST_USER and EMAIL_HOST_PASSWORD";
        } else if (text.contains("STARTTLS")) {
            return "it offers no TLS here: name a port where it does in EMAIL_PORT; or, in a network you trust, set"
                    + " EMAIL_USE_TLS=off";
        } else if (text.contains("certificate") || text.contains("TLS")) {
            return "EMAIL_USE_TLS is for STARTTLS (port 587), EMAIL_USE_SSL for TLS from the first byte (port 465); the"
                    + " relay's certificate must be trusted here, and be for the name in EMAIL_HOST";
        }
        return reply.code() == 0
                ? ADDRESS
                : "the relay refuses this machine: ask who runs it, or name another in EMAIL_HOST";
    }
}
