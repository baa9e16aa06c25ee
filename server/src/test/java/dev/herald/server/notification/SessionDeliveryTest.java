package dev.herald.server.notification;

import static dev.herald.server.notification.Refusals.assertRefused;
import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.NotificationClient;
import dev.herald.client.ResponseStream;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RoundTripCounter;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.FailureReason;
import dev.herald.v1.Notification;
import dev.herald.v1.SessionDelivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionDeliveryTest {
    private HeraldFixture herald;
    private NotificationClient notifications;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        notifications = herald.client(Role.READER).notifications();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void anyRead_unknownId_isNotFound() {
        for (long id : new long[] {1, 4711, Long.MAX_VALUE}) {
            assertRefused(() -> notifications.get(id), ErrorReason.ERROR_REASON_NOTIFICATION_NOT_FOUND);
            assertRefused(() -> notifications.sessionDelivery(id), ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
            assertRefused(
                    () -> {
                        try (var watch = notifications.watchSessionDelivery(id)) {
                            return watch.hasNext();
                        }
                    },
                    ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
        }
    }

    @Test
    void get_pendingNotification_tellsWhereItStands() {
        generate(1);
        Notification found = notifications.get(herald.number("SELECT email_id FROM email_notifications"));
        assertThat(found.getSessionId()).isEqualTo(SESSION_ID);
        assertThat(found.getStudentProfileId()).isEqualTo(1);
        assertThat(found.getStatus()).isEqualTo(DeliveryStatus.DELIVERY_STATUS_PENDING);
        assertThat(found.getGeneration()).isEqualTo(1);
        assertThat(found.hasNextAttemptAt()).isTrue();
        assertThat(found.hasSentAt()).isFalse();
        assertThat(found.getFailureReason()).isEqualTo(FailureReason.FAILURE_REASON_UNSPECIFIED);
        assertThat(found.getAttemptsList()).isEmpty();
        assertThat(found.getTokenExpiresAt().getSeconds())
                .isGreaterThan(found.getCreatedAt().getSeconds());
    }

    @Test
    void delivery_sessionWithoutNotifications_isAllZero() {
        herald.loadCampus(3);
        assertThat(notifications.sessionDelivery(SESSION_ID))
                .isEqualTo(SessionDelivery.newBuilder().setSessionId(SESSION_ID).build());
    }

    @Test
    void delivery_manyFailed_countsAllAndNamesTheFirstHundred() {
        generate(160);
        Delivered.failed(herald, "student_profile_id <= 150");
        Delivered.sent(herald, "student_profile_id <= 157");
        SessionDelivery delivery = notifications.sessionDelivery(SESSION_ID);
        assertThat(delivery.getTotal()).isEqualTo(160);
        assertThat(delivery.getPending()).isEqualTo(3);
        assertThat(delivery.getSent()).isEqualTo(7);
        assertThat(delivery.getFailed()).isEqualTo(150);
        assertThat(delivery.hasOldestPendingAt()).isTrue();
        assertThat(delivery.hasLastSentAt()).isTrue();
        long[] failed = herald.numbers(
                "SELECT email_id FROM email_notifications WHERE status = 'failed' ORDER BY email_id LIMIT 100");
        assertThat(delivery.getFailedEmailIdsList()).containsExactly(box(failed));
    }

    @Test
    void watch_nothingPending_tellsTheStateOnceAndEnds() {
        generate(2);
        Delivered.sent(herald, "true");
        assertThat(watched()).containsExactly(notifications.sessionDelivery(SESSION_ID));
    }

    @Test
    void watch_changes_areEachToldWithinASecondAndItEndsWhenNothingIsPending() {
        generate(4);
        List<Long> delays = new ArrayList<>();
        try (ResponseStream<SessionDelivery> watch = notifications.watchSessionDelivery(SESSION_ID)) {
            assertThat(watch.next().getPending()).isEqualTo(4);
            for (int student = 1; student <= 3; student++) {
                Delivered.sent(herald, "student_profile_id = " + student);
                long changed = System.nanoTime();
                assertThat(watch.next().getPending()).isEqualTo(4 - student);
                delays.add(System.nanoTime() - changed);
            }
            Delivered.failed(herald, "true");
            assertThat(watch.next().getFailed()).isEqualTo(1);
            assertThat(watch.hasNext()).isFalse();
        }
        // The machine may be slow once, not twice.
        assertThat(delays.stream().sorted().toList().get(1))
                .isLessThan(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void watch_sessionDeletedMeanwhile_endsWithNotFound() {
        generate(1);
        try (ResponseStream<SessionDelivery> watch = notifications.watchSessionDelivery(SESSION_ID)) {
            watch.next();
            herald.admin().directory().deleteSession(SESSION_ID);
            assertRefused(watch::hasNext, ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
        }
    }

    @Test
    void watch_cancelled_looksNoMore() {
        generate(1);
        try (ResponseStream<SessionDelivery> watch = notifications.watchSessionDelivery(SESSION_ID)) {
            watch.next();
            long first = lastLook();
            await().until(() -> lastLook() > first);
        }
        long cancelled = herald.number("SELECT extract(epoch FROM clock_timestamp() + interval '300 ms') * 1000");
        await().during(Duration.ofMillis(1_500)).atMost(Duration.ofSeconds(5)).until(() -> lastLook() <= cancelled);
    }

    @Test
    void watch_hundredAtOnce_shareTheirLooksAndEachHearsEverything() {
        generate(3);
        try (RoundTripCounter counter = RoundTripCounter.inFrontOf(herald.url());
                HeraldFixture watched = herald.another(Map.of("DELIVERY", "off", "DATABASE_URL", counter.url()))) {
            List<ResponseStream<SessionDelivery>> watches = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                watches.add(watched.client(Role.READER).notifications().watchSessionDelivery(SESSION_ID));
                assertThat(watches.get(i).next().getPending()).isEqualTo(3);
            }
            counter.reset();
            await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(5)).until(() -> counter.roundTrips() < 40);
            await().until(() -> counter.roundTrips() > 4);
            Delivered.sent(herald, "student_profile_id = 1");
            watches.forEach(watch -> assertThat(watch.next().getPending()).isEqualTo(2));
            Delivered.sent(herald, "true");
            watches.forEach(watch -> {
                assertThat(watch.next().getSent()).isEqualTo(3);
                assertThat(watch.hasNext()).isFalse();
                watch.close();
            });
        }
    }

    @Test
    void watch_brokenOffAndBegunAnew_tellsTheWholeStateAtOnce() {
        generate(3);
        try (ResponseStream<SessionDelivery> watch = notifications.watchSessionDelivery(SESSION_ID)) {
            watch.next();
        }
        Delivered.sent(herald, "student_profile_id = 1");
        try (ResponseStream<SessionDelivery> watch = notifications.watchSessionDelivery(SESSION_ID)) {
            assertThat(watch.next()).isEqualTo(notifications.sessionDelivery(SESSION_ID));
        }
    }

    /** When the figures of a session were last asked for, in milliseconds. */
    private long lastLook() {
        return herald.number("SELECT coalesce(max(extract(epoch FROM query_start) * 1000), 0) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                + " AND query LIKE '%count(n.email_id)%'");
    }

    private List<SessionDelivery> watched() {
        List<SessionDelivery> states = new ArrayList<>();
        try (ResponseStream<SessionDelivery> watch = notifications.watchSessionDelivery(SESSION_ID)) {
            watch.forEachRemaining(states::add);
        }
        return states;
    }

    private void generate(int students) {
        herald.loadCampus(students);
        herald.admin().notifications().generateForSession(SESSION_ID);
    }

    private static Long[] box(long[] numbers) {
        return java.util.Arrays.stream(numbers).boxed().toArray(Long[]::new);
    }
}
