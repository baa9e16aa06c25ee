package dev.herald.server.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** One kind of mail: how to make it from its record, and where to write what became of it. Thread-safe. */
public interface MailKind {
    /** The word that stands in outbox.kind; never changed once used. */
    String name();

    /**
     * Makes the mails of a batch from fresh data; opens its own transaction. One bad mail is its own {@link Composition.Refused},
     * never an exception of the batch.
     *
     * @return one composition a ref_id, in the same order
     */
    List<Composition> compose(long[] refIds);

    /** What becomes of a mail whose connection broke behind the final dot, so that nobody knows whether it was taken. */
    default WhenUnknown whenUnknown() {
        return WhenUnknown.RESEND;
    }

    /** Marks records as sent, within the recorder's transaction. Only pending ones change. */
    void markSent(Connection connection, List<SentRecord> records) throws SQLException;

    /** Marks records as failed, within the recorder's transaction. Only pending ones change. */
    void markFailed(Connection connection, List<FailedRecord> records) throws SQLException;

    /** A choice between two evils. */
    enum WhenUnknown {
        /** Sent again, with the same Message-ID: a second copy can be recognised, a lost mail can't. */
        RESEND,
        /** Given up as OUTCOME_UNKNOWN until somebody retries it: for mail that must not come twice. */
        HOLD
    }

    /** A record whose mail a relay accepted. */
    record SentRecord(long refId, java.time.Instant sentAt) {}

    /** A record whose mail was given up. */
    record FailedRecord(long refId, FailureReason reason) {}
}
