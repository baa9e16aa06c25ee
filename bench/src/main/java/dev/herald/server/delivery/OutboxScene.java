package dev.herald.server.delivery;

import dev.herald.server.config.Settings;
import dev.herald.server.notification.AttendanceMail;
import dev.herald.server.notification.SentNotifications;
import dev.herald.server.persistence.Database;
import dev.herald.server.persistence.DatabaseConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * A queue in a real database, worked on with the engine's own statements, each call one transaction through the pool. What
 * was claimed is kept until it is marked or given back. Not thread-safe.
 */
public final class OutboxScene implements AutoCloseable {
    /** How many students there are, and so the most a session can have. */
    public static final int STUDENTS = 10_000;

    private static final Set<String> KINDS = Set.of(AttendanceMail.KIND);

    private final Database database;
    private final ClaimRepository claims = new ClaimRepository("bench", Duration.ofMinutes(10));
    private final OutboxRepository repository = new OutboxRepository(Duration.ofMinutes(10));
    private final Outbox outbox = new Outbox();
    private final List<Claim> claimed = new ArrayList<>();
    private long session;

    private OutboxScene(Database database) {
        this.database = database;
    }

    /** Migrates the database and fills its directory. */
    public static OutboxScene open(String url) {
        Database database =
                Database.open(DatabaseConfig.from(Settings.of(Map.of("DATABASE_URL", url), Map.of())), List.of());
        OutboxScene scene = new OutboxScene(database);
        scene.execute("INSERT INTO courses (course_id, course_code, course_name) VALUES (1, 'CS401', 'Compilers')");
        scene.execute("INSERT INTO users (user_id, email, first_name, last_name, user_type)"
                + " SELECT id, 'student' || id || '@campus.example', 'Asha', 'Rao', 'student'"
                + " FROM generate_series(1, " + STUDENTS + ") AS id");
        scene.execute("INSERT INTO student_profiles (student_profile_id, user_id, program_id)"
                + " SELECT id, id, 1 FROM generate_series(1, " + STUDENTS + ") AS id");
        return scene;
    }

    /** Queues one session's mails. */
    public void queue(int mails) {
        session++;
        execute("INSERT INTO sessions (session_id, course_id, program_id, time_created, time_ended)" + " VALUES ("
                + session + ", 1, 1, now(), now() + interval '1 hour')");
        database.transactions().writeSql(connection -> {
            outbox.enqueue(connection, AttendanceMail.KIND, notifications(connection, mails), Priority.NORMAL, 0);
            return mails;
        });
    }

    /** Claims; how many there were to claim. */
    public int claim(int limit) {
        List<Claim> taken = database.transactions()
                .writeSql(connection ->
                        claims.claim(connection, KINDS, ClaimRepository.Among.ANY, ClaimFront.START, limit));
        claimed.addAll(taken);
        return taken.size();
    }

    /** Writes down that everything claimed was accepted, as ResultRecorder does. */
    public void markSent() {
        Instant now = Instant.now();
        List<DeliveryResult> results = claimed.stream()
                .map(claim -> (DeliveryResult) new DeliveryResult.Sent(claim, now, attempt(now)))
                .toList();
        List<MailKind.SentRecord> records = claimed.stream()
                .map(claim -> new MailKind.SentRecord(claim.refId(), now))
                .toList();
        database.transactions().writeSql(connection -> {
            repository.delete(connection, claimed);
            repository.insertAttempts(connection, results);
            SentNotifications.mark(connection, records);
            return records.size();
        });
        claimed.clear();
    }

    /** Gives back what is claimed. */
    public void giveBack() {
        database.transactions().writeSql(connection -> repository.release(connection, claimed));
        claimed.clear();
    }

    /** Empties the queue; what was in it is cancelled. */
    public void clear() {
        claimed.clear();
        execute("DELETE FROM outbox");
        execute("UPDATE email_notifications SET status = 'failed', failure_reason = 'cancelled', failed_at = now()"
                + " WHERE status = 'pending'");
    }

    @Override
    public void close() {
        database.close();
    }

    private static Attempt attempt(Instant now) {
        return new Attempt(
                now,
                "127.0.0.1:25",
                250,
                "2.0.0",
                "2.0.0 Ok: queued as 4F1B22A0C3",
                Duration.ofMillis(1),
                AttemptOutcome.ACCEPTED);
    }

    private long[] notifications(Connection connection, int mails) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO email_notifications (session_id, student_profile_id, token, jti, token_expires_at)
                SELECT ?, id, repeat('t', 230), ? || '-' || id, now() + interval '1 hour'
                FROM generate_series(1, ?) AS id
                RETURNING email_id
                """)) {
            statement.setLong(1, session);
            statement.setString(2, "jti-" + session);
            statement.setInt(3, mails);
            LongStream.Builder ids = LongStream.builder();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
            }
            return ids.build().toArray();
        }
    }

    private void execute(String sql) {
        database.transactions().writeSql(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate(sql);
            }
        });
    }
}
