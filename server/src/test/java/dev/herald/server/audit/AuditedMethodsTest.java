package dev.herald.server.audit;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.client.HeraldClient;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.ConsumeOutcome;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.User;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every method of ours changes nothing, or leaves an entry under its name when it is an administrator who calls it. */
class AuditedMethodsTest {
    private static final Set<String> READING = Set.of(
            "GetNotification",
            "ListNotifications",
            "PreviewNotification",
            "GetSessionDelivery",
            "WatchSessionDelivery",
            "ValidateToken",
            "ValidateTokens",
            "DecodeToken",
            "GetSystemStatus",
            "CheckConfiguration",
            "ListAuditEntries");

    private AuditScene scene;
    private HeraldFixture herald;
    private Instant inAnHour;

    @BeforeEach
    void start() {
        scene = AuditScene.start();
        herald = scene.herald();
        inAnHour = herald.clock().instant().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void methods_all_areActsOrReading() {
        Set<String> served = herald.application().rpc().services().stream()
                .filter(service -> service.getServiceDescriptor().getName().startsWith("herald."))
                .flatMap(service -> service.getMethods().stream())
                .map(method -> String.valueOf(method.getMethodDescriptor().getBareMethodName()))
                .collect(Collectors.toSet());
        assertThat(Stream.concat(acts(herald.admin()).keySet().stream(), READING.stream()))
                .doesNotHaveDuplicates()
                .containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void acts_byAnAdministrator_leaveEntriesUnderTheirNames() {
        Map<String, Runnable> acts = acts(herald.admin());
        acts.values().forEach(Runnable::run);
        assertThat(scene.all().stream().map(AuditEntry::getAction).collect(Collectors.toSet()))
                .isEqualTo(acts.keySet());
    }

    @Test
    void acts_thatServicesDoAllDay_leaveEntriesByAdministratorsOnly() {
        HeraldClient session = herald.client(Role.SESSION);
        HeraldClient attendance = herald.client(Role.ATTENDANCE);
        dailyWork(session, attendance);
        assertThat(scene.all()).isEmpty();
        HeraldClient admin = herald.admin();
        dailyWork(admin, admin);
        String generated = "{\"jti\": \"…\", \"expires_at\": \"" + inAnHour + "\", \"student_profile_id\": 1} ";
        assertThat(scene.told())
                .containsExactly(
                        "UpsertCourses courses  -> {\"ids\": [7], \"updated\": 1, \"inserted\": 0} ",
                        "Import users  -> {\"ids\": [1], \"updated\": 1, \"inserted\": 0} ",
                        "Import students  -> {\"ids\": [1], \"updated\": 1, \"inserted\": 0} ",
                        "GenerateForSession session/70 {\"existing\": 5} -> {\"created\": 0, \"eligible\": 5,"
                                + " \"session_written\": true} by-hand",
                        "GenerateToken session/70  -> " + generated,
                        "ConsumeToken session/70  -> {\"jti\": \"…\", \"student_profile_id\": 1} use-1");
    }

    /** What is repeated, and changes nothing, is no act. */
    private void dailyWork(HeraldClient session, HeraldClient attendance) {
        session.directory().upsertCourses(List.of(HeraldFixture.course()));
        session.directory().load(items().iterator());
        Instant now = herald.clock().instant();
        session.notifications()
                .generateForSession(GenerateForSessionRequest.newBuilder()
                        .setSessionId(SESSION_ID)
                        .setSession(HeraldFixture.session(SESSION_ID, now, inAnHour))
                        .setRequestId(attendance == session ? "by-hand" : "by-service")
                        .build());
        String token = attendance.tokens().generate(1, SESSION_ID, inAnHour).getToken();
        for (int time = 1; time <= 2; time++) {
            assertThat(attendance.tokens().consume(token, "use-1").getOutcome())
                    .isEqualTo(ConsumeOutcome.CONSUME_OUTCOME_CONSUMED_NOW);
        }
        attendance.tokens().consume(token, "use-2");
    }

    /** One of each, in an order in which each has something to do. */
    private Map<String, Runnable> acts(HeraldClient admin) {
        Map<String, Runnable> acts = new LinkedHashMap<>();
        acts.put("UpsertCourses", () -> admin.directory().upsertCourses(List.of(HeraldFixture.course())));
        acts.put("UpsertUsers", () -> admin.directory().upsertUsers(List.of(user())));
        acts.put("UpsertStudents", () -> admin.directory().upsertStudents(List.of(HeraldFixture.student(1))));
        acts.put(
                "UpsertSessions",
                () -> admin.directory()
                        .upsertSessions(List.of(
                                HeraldFixture.session(SESSION_ID, herald.clock().instant(), inAnHour))));
        acts.put("Import", () -> admin.directory().load(items().iterator()));
        acts.put("GenerateForSession", () -> admin.notifications().generateForSession(SESSION_ID));
        acts.put("RetryFailedNotifications", () -> {
            scene.fail("student_profile_id = 1");
            admin.notifications()
                    .retryFailed(List.of(
                            herald.number("SELECT email_id FROM email_notifications WHERE student_profile_id = 1")));
        });
        acts.put("GenerateToken", () -> admin.tokens().generate(1, SESSION_ID, inAnHour));
        acts.put(
                "ConsumeToken",
                () -> admin.tokens()
                        .consume(
                                admin.tokens().generate(1, SESSION_ID, inAnHour).getToken()));
        acts.put("RevokeTokens", () -> admin.tokens().revokeSession(SESSION_ID));
        acts.put("CancelForSession", () -> admin.notifications().cancelForSession(SESSION_ID));
        acts.put("PauseDelivery", () -> admin.system().pauseDelivery("", inAnHour));
        acts.put("ResumeDelivery", () -> admin.system().resumeDelivery(""));
        acts.put("SendTestEmail", () -> admin.system().sendTestEmail("ops@campus.example"));
        acts.put("DeleteStudent", () -> admin.directory().deleteStudent(1));
        acts.put("EraseUser", () -> admin.directory().eraseUser(2));
        acts.put("DeleteSession", () -> admin.directory().deleteSession(SESSION_ID));
        return acts;
    }

    private static List<ImportRequest> items() {
        return List.of(
                ImportRequest.newBuilder().setUser(user()).build(),
                ImportRequest.newBuilder().setStudent(HeraldFixture.student(1)).build());
    }

    private static User user() {
        return HeraldFixture.user(1, "student1@campus.example");
    }
}
