package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.RoundTripCounter;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.GenerateForSessionResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenerateForSessionTest {
    private HeraldFixture herald;
    private HeraldClient client;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        client = herald.admin();
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void generate_newSession_makesOneRowAndOneQueueEntryAStudent() {
        herald.loadCampus(25);
        GenerateForSessionResponse answer = client.notifications().generateForSession(SESSION_ID);
        assertThat(answer.getSessionId()).isEqualTo(SESSION_ID);
        assertThat(answer.getEligibleStudents()).isEqualTo(25);
        assertThat(answer.getNotificationsCreated()).isEqualTo(25);
        assertThat(answer.getAlreadyExisting()).isZero();
        assertThat(herald.number(
                        "SELECT count(DISTINCT student_profile_id) FROM email_notifications WHERE status = 'pending'"))
                .isEqualTo(25);
        assertThat(herald.number("SELECT count(*) FROM outbox o JOIN email_notifications n ON n.email_id = o.ref_id"))
                .isEqualTo(25);
    }

    @Test
    void generate_again_addsOnlyStudentsWhoJoinedSince() {
        herald.loadCampus(3);
        client.notifications().generateForSession(SESSION_ID);
        herald.insertStudents(100, 2);
        GenerateForSessionResponse answer = client.notifications().generateForSession(SESSION_ID);
        assertThat(answer.getEligibleStudents()).isEqualTo(5);
        assertThat(answer.getNotificationsCreated()).isEqualTo(2);
        assertThat(answer.getAlreadyExisting()).isEqualTo(3);
    }

    @Test
    void generate_tenTimesAtOnceFor500Students_makesOneRowEachAndTheCountsSumUp() throws Exception {
        herald.loadCampus(500);
        List<GenerateForSessionResponse> answers =
                atOnce(10, () -> client.notifications().generateForSession(SESSION_ID));
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.getEligibleStudents()).isEqualTo(500));
        assertThat(answers.stream()
                        .mapToInt(GenerateForSessionResponse::getNotificationsCreated)
                        .sum())
                .isEqualTo(500);
        assertThat(answers.stream()
                        .mapToInt(GenerateForSessionResponse::getAlreadyExisting)
                        .sum())
                .isEqualTo(4500);
        assertThat(herald.number("SELECT count(*) FROM email_notifications")).isEqualTo(500);
        assertThat(herald.number("SELECT count(*) FROM outbox")).isEqualTo(500);
    }

    @Test
    void generate_tenTimesAtOnceWithSomeThereAlready_addsTheMissingOnce() throws Exception {
        herald.loadCampus(5_100);
        client.notifications().generateForSession(SESSION_ID);
        herald.update("DELETE FROM email_notifications WHERE student_profile_id % 3 = 0");
        List<GenerateForSessionResponse> answers =
                atOnce(10, () -> client.notifications().generateForSession(SESSION_ID));
        assertThat(answers.stream()
                        .mapToInt(GenerateForSessionResponse::getNotificationsCreated)
                        .sum())
                .isEqualTo(1_700);
        assertThat(herald.number("SELECT count(*) FROM email_notifications")).isEqualTo(5_100);
        assertThat(herald.number("SELECT count(DISTINCT ref_id) FROM outbox")).isEqualTo(5_100);
    }

    @Test
    void generate_twoSessionsAtOnce_doNotWaitForEachOther() throws Exception {
        herald.loadCampus(10);
        Instant now = herald.clock().instant();
        client.directory().upsertSessions(List.of(HeraldFixture.session(71, now, now.plus(Duration.ofHours(1)))));
        try (Connection other = DriverManager.getConnection(herald.url());
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('herald.generate', 71))");
            assertThat(client.notifications().generateForSession(SESSION_ID).getNotificationsCreated())
                    .isEqualTo(10);
            other.rollback();
        }
        assertThat(client.notifications().generateForSession(71).getNotificationsCreated())
                .isEqualTo(10);
    }

    @Test
    void generate_500Students_takesAtMost15RoundTrips() {
        herald.loadCampus(500);
        try (RoundTripCounter counter = RoundTripCounter.inFrontOf(herald.url());
                HeraldFixture counted = herald.another(
                        Map.of("DELIVERY", "off", "DATABASE_POOL_SIZE", "2", "DATABASE_URL", counter.url()))) {
            // Opens the connection and prepares what is prepared once.
            assertThatThrownBy(() -> counted.admin().notifications().generateForSession(999))
                    .isInstanceOf(ServiceCallException.class);
            counter.reset();
            counted.admin().notifications().generateForSession(SESSION_ID);
            assertThat(counter.roundTrips()).isBetween(3, 15);
        }
    }

    @Test
    void generate_moreStudentsThanAPage_makesAllOfThem() {
        herald.loadCampus(12_345);
        GenerateForSessionResponse answer = client.notifications().generateForSession(SESSION_ID);
        assertThat(answer.getNotificationsCreated()).isEqualTo(12_345);
        assertThat(herald.number("SELECT count(*) FROM outbox")).isEqualTo(12_345);
    }

    @Test
    void generate_noEligibleStudent_isASuccessWithZero() {
        herald.loadCampus(1);
        herald.update("UPDATE users SET is_active = false");
        GenerateForSessionResponse answer = client.notifications().generateForSession(SESSION_ID);
        assertThat(answer.getEligibleStudents()).isZero();
        assertThat(answer.getNotificationsCreated()).isZero();
        assertThat(answer.hasTokenExpiresAt()).isTrue();
    }

    @Test
    void generate_unknownSession_isNotFound() {
        assertRefused(
                () -> client.notifications().generateForSession(4711), ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
    }

    @Test
    void generate_hugeUnknownSession_isNotFound() {
        assertRefused(
                () -> client.notifications().generateForSession(Long.MAX_VALUE),
                ErrorReason.ERROR_REASON_SESSION_NOT_FOUND);
    }

    @Test
    void generate_expiryIsPast_writesNothing() {
        Instant longAgo = herald.clock().instant().minus(Duration.ofHours(3));
        herald.loadCampus(2, longAgo, longAgo.plus(Duration.ofHours(1)));
        assertRefused(
                () -> client.notifications().generateForSession(SESSION_ID),
                ErrorReason.ERROR_REASON_TOKEN_EXPIRY_IN_PAST);
        assertThat(herald.number("SELECT count(*) FROM email_notifications")).isZero();
    }

    @Test
    void generate_expiryCountsFromTheStart_byDefault() {
        Instant start = Instant.parse("2031-03-01T08:00:00Z");
        herald.loadCampus(1, start, start.plus(Duration.ofHours(2)));
        GenerateForSessionResponse answer = client.notifications().generateForSession(SESSION_ID);
        assertThat(answer.getTokenExpiresAt()).isEqualTo(HeraldFixture.timestamp(start.plus(Duration.ofHours(1))));
    }

    @Test
    void generate_expiryPolicySessionEnd_countsFromTheEnd() {
        Instant start = Instant.parse("2031-03-01T08:00:00Z");
        herald.loadCampus(1, start, start.plus(Duration.ofHours(2)));
        Map<String, String> settings =
                Map.of("DELIVERY", "off", "TOKEN_EXPIRY_POLICY", "session_end", "TOKEN_EXPIRY_MINUTES", "10");
        try (HeraldFixture other = herald.another(settings)) {
            GenerateForSessionResponse answer = other.admin().notifications().generateForSession(SESSION_ID);
            assertThat(answer.getTokenExpiresAt())
                    .isEqualTo(HeraldFixture.timestamp(start.plus(Duration.ofMinutes(130))));
        }
    }

    @Test
    void generate_withSessionDetails_upsertsThemFirst() {
        herald.insertStudents(1, 4);
        client.directory().upsertCourses(List.of(HeraldFixture.course()));
        Instant now = herald.clock().instant();
        GenerateForSessionResponse answer = client.notifications()
                .generateForSession(HeraldFixture.session(88, now, now.plus(Duration.ofHours(1))));
        assertThat(answer.getNotificationsCreated()).isEqualTo(4);
    }

    @Test
    void generate_sessionDetailsWithUnknownCourse_writesNothing() {
        Instant now = herald.clock().instant();
        assertRefused(
                () -> client.notifications()
                        .generateForSession(HeraldFixture.session(88, now, now.plus(Duration.ofHours(1)))),
                ErrorReason.ERROR_REASON_REFERENCE_NOT_FOUND);
        assertThat(herald.number("SELECT count(*) FROM sessions")).isZero();
    }

    @Test
    void generate_sharedDirectoryWithSessionDetails_isRefused() {
        Instant now = herald.clock().instant();
        try (HeraldFixture shared = herald.another(Map.of("DELIVERY", "off", "DIRECTORY", "shared"))) {
            assertRefused(
                    () -> shared.admin()
                            .notifications()
                            .generateForSession(HeraldFixture.session(88, now, now.plus(Duration.ofHours(1)))),
                    ErrorReason.ERROR_REASON_DIRECTORY_SHARED);
        }
    }

    static void assertRefused(Callable<?> call, ErrorReason reason) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(
                        ServiceCallException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    static <T> List<T> atOnce(int times, Callable<T> call) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(times);
        try {
            List<Future<T>> futures =
                    pool.invokeAll(IntStream.range(0, times).mapToObj(i -> call).toList());
            List<T> answers = new java.util.ArrayList<>();
            for (Future<T> future : futures) {
                answers.add(future.get());
            }
            return answers;
        } finally {
            pool.shutdownNow();
        }
    }
}
