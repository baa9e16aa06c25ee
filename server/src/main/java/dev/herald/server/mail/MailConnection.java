package dev.herald.server.mail;

import org.jspecify.annotations.Nullable;

/** An open connection, for any number of mails one after another. Not thread-safe, but for {@link #abort}. */
public interface MailConnection extends AutoCloseable {
    /**
     * Hands one mail over and waits for the answer, for a bounded time. Never throws for what a relay does; an outcome of
     * ACCEPTED stands whatever becomes of the connection later.
     *
     * @param next the mail that comes after it over this connection, where it is known: a relay that allows it gets its
     *     envelope together with this mail's content, which saves a round trip. It is no promise: when another call comes
     *     instead, the connection is not usable any more. None of its content leaves before it is sent itself.
     */
    DeliveryOutcome send(EmailMessage message, @Nullable EmailMessage next);

    /** The same when nothing is known of the next mail. */
    default DeliveryOutcome send(EmailMessage message) {
        return send(message, null);
    }

    /** Whether another mail may be sent. Costs no round trip, so a relay may have closed the connection all the same. */
    boolean usable();

    /** The relay at its other end, as host:port. */
    String relay();

    /**
     * Cuts the connection at once, from any thread: a {@link #send} that is waiting returns, as after a dropped connection.
     */
    void abort();

    /** Says goodbye and closes; faults don't matter any more. */
    @Override
    void close();
}
