package dev.herald.server.delivery;

import dev.herald.server.mail.EmailMessage;
import dev.herald.server.mail.MailAddress;
import dev.herald.server.mail.Mailbox;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/** A kind of mail whose records are in memory, and which fails where a test wants it to. */
final class FakeMailKind implements MailKind {
    static final String KIND = "fake";

    final Set<Long> sent = ConcurrentHashMap.newKeySet();
    final Map<Long, FailureReason> failed = new ConcurrentHashMap<>();
    /** Composing a batch that holds one of these ends in an Error. */
    final Set<Long> uncomposable = ConcurrentHashMap.newKeySet();
    /** Writing the outcome of one of these is refused by the database. */
    final Set<Long> unwritable = ConcurrentHashMap.newKeySet();

    /** The domain of a mail's recipient. */
    volatile LongFunction<String> domains = refId -> "campus.example";

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public List<Composition> compose(long[] refIds) {
        if (Arrays.stream(refIds).anyMatch(uncomposable::contains)) {
            throw new StackOverflowError();
        }
        return Arrays.stream(refIds).mapToObj(this::mail).toList();
    }

    @Override
    public void markSent(Connection connection, List<SentRecord> records) throws SQLException {
        for (SentRecord record : records) {
            if (unwritable.contains(record.refId())) {
                throw new SQLException("value out of range", "22003");
            }
        }
        records.forEach(record -> sent.add(record.refId()));
    }

    @Override
    public void markFailed(Connection connection, List<FailedRecord> records) {
        records.forEach(record -> failed.put(record.refId(), record.reason()));
    }

    private Composition mail(long refId) {
        MailAddress address = MailAddress.parse("student" + refId + "@" + domains.apply(refId));
        return new Composition.Ready(new EmailMessage(
                refId + ".1@campus.example",
                Mailbox.of(MailAddress.parse("attendance@campus.example")),
                Mailbox.of(address),
                "Subject",
                "Text",
                "<p>Text</p>",
                Instant.EPOCH));
    }
}
