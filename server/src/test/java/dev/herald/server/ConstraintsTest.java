package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.herald.server.testing.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/** What the database refuses by itself, whoever asks. */
class ConstraintsTest {
    private static final String CHECK_VIOLATION = "23514";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String INTEGRITY_VIOLATION = "23000";

    private static String url;
    private Connection connection;

    @BeforeAll
    static void campus() {
        url = TestDatabase.newDatabase();
        TestDatabase.update(url, """
                INSERT INTO users VALUES (1, 'u@example.org', 'F', 'L', 'student');
                INSERT INTO student_profiles VALUES (1, 1, 1);
                INSERT INTO courses VALUES (1, 'CS', 'Computing');
                INSERT INTO sessions VALUES (1, 1, 1, NULL, now(), now());
                INSERT INTO email_notifications (email_id, session_id, student_profile_id, token, jti, token_expires_at)
                VALUES (1, 1, 1, 't', 'j', now() + interval '1 hour');
                INSERT INTO outbox (kind, ref_id, priority, rank) VALUES ('attendance', 1, 1, 1);
                INSERT INTO delivery_attempts
                    (kind, ref_id, attempted_at, relay, smtp_code, enhanced_code, reply, duration_ms, outcome)
                VALUES ('attendance', 1, now(), 'r', 250, '2.0.0', 'ok', 1, 'accepted');
                INSERT INTO token_states (jti, state, request_id, expires_at) VALUES ('j', 'consumed', 'r', now());
                INSERT INTO token_states (session_id, state, expires_at) VALUES (1, 'revoked', now());
                INSERT INTO audit_entries (actor, action, target) VALUES ('a', 'b', 'c');
                INSERT INTO delivery_executors (owner, version, in_hand, sent_last_minute, failed_last_minute, relays)
                VALUES ('o', '1', 0, 0, 0, '[]');
                """);
    }

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection(url);
        connection.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        connection.rollback();
        connection.close();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("refused")
    void statement_againstACheck_isRefusedByIt(String constraint, String sql) {
        PSQLException refusal = refusal(sql);
        assertThat(refusal.getSQLState()).isEqualTo(CHECK_VIOLATION);
        assertThat(refusal.getServerErrorMessage().getConstraint()).isEqualTo(constraint);
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                refused("sessions_check", "UPDATE sessions SET time_ended = time_created - interval '1 second'"),
                refused("email_notifications_status_check", "UPDATE email_notifications SET status = 'sending'"),
                refused("email_notifications_generation_check", "UPDATE email_notifications SET generation = 0"),
                refused("email_notifications_check", "UPDATE email_notifications SET token_expires_at = created_at"),
                refused("email_notifications_check1", "UPDATE email_notifications SET status = 'sent'"),
                refused("email_notifications_check1", "UPDATE email_notifications SET sent_at = now()"),
                refused("email_notifications_check1", "UPDATE email_notifications SET status = 'sent', sent_at = NULL"),
                refused(
                        "email_notifications_check2",
                        "UPDATE email_notifications SET status = 'failed', failed_at = now()"),
                refused("email_notifications_check2", "UPDATE email_notifications SET failure_reason = 'POISON'"),
                refused(
                        "email_notifications_check3",
                        "UPDATE email_notifications SET status = 'failed', failure_reason = 'POISON'"),
                refused("email_notifications_check3", "UPDATE email_notifications SET failed_at = now()"),
                refused("outbox_priority_check", "UPDATE outbox SET priority = 3"),
                refused("outbox_priority_check", "UPDATE outbox SET priority = -1"),
                refused("outbox_check", "UPDATE outbox SET lease_owner = 'me'"),
                refused("outbox_check", "UPDATE outbox SET lease_until = now()"),
                refused("delivery_attempts_outcome_check", "UPDATE delivery_attempts SET outcome = 'sent'"),
                refused(
                        "token_states_state_check",
                        "INSERT INTO token_states (jti, state, expires_at) VALUES ('k', 'used', now())"),
                refused("token_states_check", "UPDATE token_states SET session_id = NULL WHERE jti IS NULL"),
                refused("token_states_check", "UPDATE token_states SET student_profile_id = 1 WHERE jti IS NULL"),
                refused("token_states_check", "UPDATE token_states SET state = 'superseded' WHERE jti IS NULL"),
                refused("token_states_check1", "UPDATE token_states SET request_id = 'r' WHERE jti IS NULL"),
                refused("audit_entries_before_check", auditEntry("before", "[1]")),
                refused("audit_entries_after_check", auditEntry("after", "1")),
                refused("delivery_executors_relays_check", "UPDATE delivery_executors SET relays = '{}'"));
    }

    @Test
    void checks_ofTheWholeSchema_areAllTriedHere() {
        assertThat(refused().map(arguments -> (String) arguments.get()[0]).distinct())
                .containsExactlyInAnyOrderElementsOf(SchemaDump.query(
                        url,
                        "SELECT conname FROM pg_constraint"
                                + " WHERE contype = 'c' AND connamespace = 'public'::regnamespace"));
    }

    @Test
    void notification_ofThePairAgain_isRefused() {
        PSQLException refusal =
                refusal("INSERT INTO email_notifications (session_id, student_profile_id, token, jti, token_expires_at)"
                        + " VALUES (1, 1, 't2', 'j2', now() + interval '1 hour')");
        assertThat(refusal.getSQLState()).isEqualTo(UNIQUE_VIOLATION);
    }

    @ParameterizedTest
    @MethodSource("unsendings")
    void notification_thatIsSent_staysSo(String change) throws SQLException {
        update("UPDATE email_notifications SET status = 'sent', sent_at = now()");
        PSQLException refusal = refusal("UPDATE email_notifications SET " + change);
        assertThat(refusal.getSQLState()).isEqualTo(INTEGRITY_VIOLATION);
        assertThat((Throwable) refusal).hasMessageContaining("is sent and stays so");
    }

    static Stream<String> unsendings() {
        return Stream.of(
                "status = 'pending', sent_at = NULL",
                "status = 'pending'",
                "status = 'failed', sent_at = NULL, failure_reason = 'POISON', failed_at = now()",
                "sent_at = sent_at + interval '1 second'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit_entries SET actor = 'somebody else'",
                "UPDATE audit_entries SET actor = actor WHERE false",
                "DELETE FROM audit_entries",
                "DELETE FROM audit_entries WHERE audit_id = 4711",
                "TRUNCATE audit_entries",
                "TRUNCATE audit_entries, request_results CASCADE",
                "INSERT INTO audit_entries (audit_id, actor, action, target) OVERRIDING SYSTEM VALUE"
                        + " VALUES (1, 'a', 'b', 'c') ON CONFLICT (audit_id) DO UPDATE SET actor = 'x'"
            })
    void auditEntry_changedOrDeleted_isRefused(String sql) {
        PSQLException refusal = refusal(sql);
        assertThat(refusal.getSQLState()).isEqualTo(INTEGRITY_VIOLATION);
        assertThat((Throwable) refusal).hasMessageContaining("audit entries are only ever added");
    }

    private static String auditEntry(String column, String json) {
        return "INSERT INTO audit_entries (actor, action, target, " + column + ") VALUES ('a', 'b', 'c', '" + json
                + "')";
    }

    @Test
    void notification_thatFailed_mayBeTriedAgain() throws SQLException {
        update("UPDATE email_notifications SET status = 'failed', failure_reason = 'POISON', failed_at = now()");
        update("UPDATE email_notifications SET status = 'pending', failure_reason = NULL, failed_at = NULL");
        update("UPDATE email_notifications SET status = 'sent', sent_at = now()");
        update("UPDATE email_notifications SET status = 'sent', generation = 2");
    }

    private static Arguments refused(String constraint, String sql) {
        return Arguments.of(constraint, sql);
    }

    private PSQLException refusal(String sql) {
        PSQLException refusal = catchThrowableOfType(PSQLException.class, () -> update(sql));
        assertThat((Throwable) refusal).as(sql).isNotNull();
        return refusal;
    }

    private void update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isPositive();
        }
    }
}
