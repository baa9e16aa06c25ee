package dev.herald.server.notification;

import dev.herald.server.audit.Act;
import dev.herald.server.audit.AuditLog;
import dev.herald.server.audit.Facts;
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
import dev.herald.server.token.TokenStateRepository;
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
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.hibernate.StatelessSession;

/**
 * Makes what is missing of a session's notifications: rows and queue entries in one transaction, a page of students at a time,
 * so that neither round trips nor memory grow with each of them. Safe to call any number of times at once: calls for one
 * session go one after another, and what exists already is left as it is. For a session that was cancelled the rows are made as
 * failed, with revoked tokens and nothing queued. Thread-safe.
 */
final class NotificationGenerator {
    private static final int PAGE = 2_500;

    private final Transactions transactions;
    private final DirectoryRepository directory;
    private final DirectoryWriter directoryWriter;
    private final NotificationRepository notifications;
    private final Outbox outbox;
    private final RequestLedger requests;
    private final TokenIssuer tokens;
    private final TokenStateRepository tokenStates;
    private final ExpiryPolicy expiryPolicy;
    private final AuditLog audit = new AuditLog();
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
        this.tokenStates = room.tokenStates();
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
        Count count = Transactions.onConnection(
                transaction,
                connection -> audited(connection, request, insertAll(connection, session, now, expiresAt)));
        return GenerateForSessionResponse.newBuilder()
                .setSessionId(sessionId)
                .setEligibleStudents(count.eligible)
                .setNotificationsCreated(count.created)
                .setAlreadyExisting(count.eligible - count.created)
                .setTokenExpiresAt(ProtoTimes.timestamp(expiresAt))
                .build();
    }

    private Count audited(Connection connection, GenerateForSessionRequest request, Count count) throws SQLException {
        audit.writeIfAdministrator(
                connection,
                Act.of("GenerateForSession", "session/" + request.getSessionId())
                        .before(new Facts().with("existing", count.eligible - count.created))
                        .after(new Facts()
                                .with("created", count.created)
                                .with("eligible", count.eligible)
                                .with("session_written", request.hasSession()))
                        .requestId(request.getRequestId()));
        return count;
    }

    private Count insertAll(Connection connection, ClassSession session, Instant now, Instant expiresAt)
            throws SQLException {
        // One at a time, so that for a new session nothing can be in the way of an insert.
        notifications.holdSession(connection, session.sessionId());
        NotificationRepository.Present present = notifications.present(connection, session.sessionId());
        Count count = new Count();
        long[] students = directory.eligibleStudents(connection, session, 0, PAGE);
        List<IssuedToken> issued = issue(session, students, now, expiresAt);
        while (students.length > 0) {
            long[] following = following(connection, session, students);
            // Made while the database is busy with the present page.
            CompletableFuture<List<IssuedToken>> next =
                    CompletableFuture.supplyAsync(() -> issue(session, following, now, expiresAt));
            long[] emailIds =
                    notifications.insertAll(connection, session.sessionId(), students, issued, expiresAt, now, present);
            if (emailIds.length > 0 && present.cancelled()) {
                tokenStates.revokeNotifications(
                        connection, LongStream.of(emailIds).boxed().toList());
            } else if (emailIds.length > 0) {
                outbox.enqueue(connection, AttendanceMail.KIND, emailIds, Priority.NORMAL, count.created);
            }
            count.add(students.length, emailIds.length);
            students = following;
            issued = next.join();
        }
        return count;
    }

    private long[] following(Connection connection, ClassSession session, long[] students) throws SQLException {
        return students.length < PAGE
                ? new long[0]
                : directory.eligibleStudents(connection, session, students[students.length - 1], PAGE);
    }

    private List<IssuedToken> issue(ClassSession session, long[] students, Instant now, Instant expiresAt) {
        List<IssuedToken> issued = new ArrayList<>(students.length);
        for (long student : students) {
            issued.add(tokens.issue(student, session.sessionId(), now, expiresAt));
        }
        return issued;
    }

    private static final class Count {
        private int eligible;
        private int created;

        void add(int eligible, int created) {
            this.eligible += eligible;
            this.created += created;
        }
    }
}
