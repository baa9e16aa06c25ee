package dev.herald.server.notification;

import dev.herald.server.delivery.Outbox;
import dev.herald.server.delivery.Priority;
import dev.herald.server.directory.ClassSession;
import dev.herald.server.directory.DirectoryRepository;
import dev.herald.server.directory.DirectoryWriter;
import dev.herald.server.error.HeraldException;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.request.RequestLedger;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.server.token.IssuedToken;
import dev.herald.server.token.TokenIssuer;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.GenerateForSessionResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.StatelessSession;

/**
 * Makes what is missing of a session's notifications: rows and queue entries in one transaction, a page of students at a time,
 * so that neither round trips nor memory grow with each of them. Safe to call any number of times at once: the unique pair of
 * session and student decides who inserts. Thread-safe.
 */
final class NotificationGenerator {
    private static final int PAGE = 5_000;

    private final Transactions transactions;
    private final DirectoryRepository directory;
    private final DirectoryWriter directoryWriter;
    private final NotificationRepository notifications;
    private final Outbox outbox;
    private final RequestLedger requests;
    private final TokenIssuer tokens;
    private final ExpiryPolicy expiryPolicy;
    private final Clock clock;
    private final Runnable whenQueued;

    NotificationGenerator(NotificationRoom room) {
        this.transactions = room.transactions();
        this.directory = room.directory();
        this.directoryWriter = room.directoryWriter();
        this.notifications = room.notifications();
        this.outbox = room.outbox();
        this.requests = room.requests();
        this.tokens = room.tokenIssuer();
        this.expiryPolicy = room.config().expiry();
        this.clock = room.clock();
        this.whenQueued = room.whenQueued();
    }

    GenerateForSessionResponse generate(GenerateForSessionRequest request) {
        GenerateForSessionResponse answer = transactions.write(session -> requests.once(
                session,
                "GenerateForSession",
                request.getRequestId(),
                request,
                GenerateForSessionResponse.parser(),
                () -> generate(session, request)));
        if (answer.getNotificationsCreated() > 0) {
            whenQueued.run();
        }
        return answer;
    }

    private GenerateForSessionResponse generate(StatelessSession transaction, GenerateForSessionRequest request) {
        if (request.hasSession()) {
            directoryWriter.upsertSession(transaction, request.getSession());
        }
        long sessionId = request.getSessionId();
        ClassSession session =
                directory.findSession(transaction, sessionId).orElseThrow(() -> SessionFaults.notFound(sessionId));
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        Instant expiresAt = expiryPolicy.expiryOf(session).truncatedTo(ChronoUnit.SECONDS);
        if (!expiresAt.isAfter(now)) {
            throw HeraldException.of(
                    ErrorReason.ERROR_REASON_TOKEN_EXPIRY_IN_PAST,
                    "links of session " + sessionId + " would have expired at " + expiresAt
                            + "; correct the session's times",
                    Map.of("session_id", Long.toString(sessionId), "token_expires_at", expiresAt.toString()));
        }
        Count count =
                Transactions.onConnection(transaction, connection -> insertAll(connection, session, now, expiresAt));
        return GenerateForSessionResponse.newBuilder()
                .setSessionId(sessionId)
                .setEligibleStudents(count.eligible)
                .setNotificationsCreated(count.created)
                .setAlreadyExisting(count.eligible - count.created)
                .setTokenExpiresAt(ProtoTimes.timestamp(expiresAt))
                .build();
    }

    private Count insertAll(Connection connection, ClassSession session, Instant now, Instant expiresAt)
            throws SQLException {
        Count count = new Count();
        long after = 0;
        long[] students;
        do {
            students = directory.eligibleStudents(connection, session, after, PAGE);
            if (students.length > 0) {
                count.created += insertPage(connection, session, students, now, expiresAt, count.created);
                count.eligible += students.length;
                after = students[students.length - 1];
            }
        } while (students.length == PAGE);
        return count;
    }

    private int insertPage(
            Connection connection, ClassSession session, long[] students, Instant now, Instant expiresAt, int place)
            throws SQLException {
        List<IssuedToken> issued = new ArrayList<>(students.length);
        for (long student : students) {
            issued.add(tokens.issue(student, session.sessionId(), now, expiresAt));
        }
        long[] emailIds = notifications.insertAll(connection, session.sessionId(), students, issued, expiresAt, now);
        if (emailIds.length > 0) {
            outbox.enqueue(connection, AttendanceMail.KIND, emailIds, Priority.NORMAL, place);
        }
        return emailIds.length;
    }

    private static final class Count {
        private int eligible;
        private int created;
    }
}
