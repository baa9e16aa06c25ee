package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.HeraldFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final Duration AGE = Duration.ofDays(90);
    private static final long LATER_SESSION = 71;

    private HeraldFixture herald;
    private RetentionPurger purger;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        purger = new RetentionPurger(new RetentionConfig(AGE), herald.clock());
        Instant now = herald.clock().instant();
        herald.loadCampus(2_500);
        herald.admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(
                        LATER_SESSION, now, now.plus(Duration.ofDays(1)).plus(Duration.ofHours(1)))));
        herald.admin().notifications().generateForSession(SESSION_ID);
        herald.admin().notifications().generateForSession(LATER_SESSION);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void purge_sessionsEndedLongAgo_takesTheirFinishedMailInBatches() {
        finish("true");
        herald.clock().advance(AGE.plus(Duration.ofMinutes(59)));
        assertThat(purge()).as("not a minute too early").isZero();
        herald.clock().advance(Duration.ofMinutes(2));
        assertThat(purge()).isEqualTo(1_000);
        assertThat(purge()).isEqualTo(1_000);
        assertThat(purge()).isEqualTo(500);
        assertThat(purge()).isZero();
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE session_id = " + LATER_SESSION))
                .isEqualTo(2_500);
        assertThat(herald.number("SELECT count(*) FROM email_notifications")).isEqualTo(2_500);
        assertThat(herald.number("SELECT count(*) FROM delivery_attempts")).isEqualTo(2_500);
        assertThat(herald.number("SELECT count(*) FROM outbox WHERE parked")).isEqualTo(1_250);
        assertThat(herald.number("SELECT count(*) FROM sessions")).isEqualTo(2);
    }

    @Test
    void purge_mailThatIsPendingOrStillQueued_isLeftHoweverOld() {
        finish("student_profile_id > 10");
        // Marked failed, and queued again: what a retry leaves for a moment of its transaction, and no purge may use.
        herald.update("UPDATE outbox SET parked = false WHERE ref_id IN (SELECT email_id FROM email_notifications"
                + " WHERE status = 'failed' AND student_profile_id <= 30)");
        herald.clock().advance(Duration.ofDays(1_000));
        while (purge() > 0) {
            assertThat(herald.number("SELECT count(*) FROM outbox WHERE NOT parked"))
                    .isEqualTo(2 * (10 + 10));
        }
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE status = 'pending'"))
                .isEqualTo(2 * 10);
        assertThat(herald.number("SELECT count(*) FROM email_notifications")).isEqualTo(2 * 20);
    }

    @Test
    void purge_linkStillGood_isLeftUntilItHasExpired() {
        finish("true");
        herald.update("UPDATE email_notifications SET token_expires_at = now() + interval '200 days'");
        herald.clock().advance(Duration.ofDays(199));
        assertThat(purge()).isZero();
        herald.clock().advance(Duration.ofDays(2));
        assertThat(purge()).isEqualTo(RetentionPurger.BATCH);
    }

    @Test
    void purge_ageOfZero_keepsEverything() {
        finish("true");
        herald.clock().advance(Duration.ofDays(10_000));
        RetentionPurger none = new RetentionPurger(new RetentionConfig(Duration.ZERO), herald.clock());
        assertThat((int) herald.application().database().transactions().writeSql(none::purge))
                .isZero();
    }

    private int purge() {
        return herald.application().database().transactions().writeSql(purger::purge);
    }

    /** Half of it sent, half failed, each with an attempt. */
    private void finish(String where) {
        herald.update("INSERT INTO delivery_attempts"
                + " (kind, ref_id, attempted_at, relay, smtp_code, enhanced_code, reply, duration_ms, outcome)"
                + " SELECT 'attendance_session', email_id, now(), 'r', 250, '', 'ok', 1, 'accepted'"
                + " FROM email_notifications WHERE " + where);
        Delivered.failed(herald, "student_profile_id % 2 = 0 AND " + where);
        Delivered.sent(herald, where);
    }
}
