package dev.herald.server.mail;

/**
 * How an attempt to hand a mail over ended.
 *
 * @param kind what it means for the mail
 * @param reply what the relay said, or what happened instead
 */
public record DeliveryOutcome(Kind kind, RelayReply reply) {
    /** What an outcome means for the mail. */
    public enum Kind {
        /** The relay took it: 2xx to the final dot. */
        ACCEPTED,
        /** Not taken, which may pass: 4xx, or a network fault on a new connection. */
        TRANSIENT,
        /** Refused for good: 5xx to the recipient or the message. */
        PERMANENT,
        /** The connection broke after the final dot: it may have been taken. */
        UNKNOWN,
        /** The relay doesn't serve us (421 before a connection's first mail, login, TLS, sender); not the mail's fault. */
        RELAY_TROUBLE,
        /** A connection that had worked broke before the final dot, or ended with 421: not taken, not the mail's fault. */
        CONNECTION_LOST,
        /** The address needs SMTPUTF8, and this relay doesn't offer it. Nothing was sent. */
        SMTPUTF8_REQUIRED
    }
}
