package dev.herald.server.mail;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A connection to this machine's disk or terminal: nothing is kept between mails. */
final class LocalConnection implements MailConnection {
    private final String relay;
    private final Sink sink;
    private final MimeWriter writer = new MimeWriter();

    LocalConnection(String relay, Sink sink) {
        this.relay = relay;
        this.sink = sink;
    }

    /** Where a mail is put. */
    interface Sink {
        void put(EmailMessage message, byte[] octets) throws IOException;
    }

    @Override
    public DeliveryOutcome send(EmailMessage message, @Nullable EmailMessage next) {
        try {
            sink.put(message, writer.write(message));
            return new DeliveryOutcome(Kind.ACCEPTED, RelayReply.none("written"));
        } catch (IOException e) {
            return new DeliveryOutcome(Kind.TRANSIENT, RelayReply.none(Faults.describe(e)));
        }
    }

    @Override
    public boolean usable() {
        return true;
    }

    @Override
    public String relay() {
        return relay;
    }

    @Override
    public void abort() {
        // A write to disk isn't worth stopping.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
