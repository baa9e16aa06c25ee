package dev.herald.server.mail;

/** No relay can be had: it can't be reached, or it refused TLS, the login, or us. No message's fault. */
public final class RelayUnavailableException extends Exception {
    private final String relay;
    private final transient RelayReply reply;

    RelayUnavailableException(String relay, RelayReply reply) {
        super(relay + ": " + reply.text(), null, false, false);
        this.relay = relay;
        this.reply = reply;
    }

    /** The relay tried last, as host:port. */
    public String relay() {
        return relay;
    }

    /** What it said, or what happened instead. */
    public RelayReply reply() {
        return reply;
    }
}
