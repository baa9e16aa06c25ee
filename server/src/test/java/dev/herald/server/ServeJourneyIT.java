package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonObject;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.BufCurl;
import dev.herald.server.testing.HeraldProcess;
import dev.herald.server.testing.HeraldProcess.Finished;
import dev.herald.server.testing.LeakScan;
import dev.herald.server.testing.Link;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The packaged server as a process, called by nobody who knows its classes. */
class ServeJourneyIT {
    @Test
    void serve_threeJourneysByReflection_thenSigterm_endsWithZero() {
        String database = TestDatabase.newDatabase();
        try (ScriptedSmtpServer relay = ScriptedSmtpServer.start();
                HeraldProcess server = HeraldProcess.serve(HeraldProcess.settings(database, relay))) {
            relay.reply(Stage.RCPT, to -> to.startsWith("bela@") ? "550 5.1.1 no such mailbox" : null);
            BufCurl session = new BufCurl(server.port(), Role.SESSION);
            load(session);
            generate(session);
            JsonObject delivery = awaitDelivered(session);
            assertThat(delivery.get("sent").getAsInt()).isEqualTo(1);
            assertThat(delivery.get("failed").getAsInt()).isEqualTo(1);
            validate(
                    new BufCurl(server.port(), Role.ATTENDANCE),
                    Link.tokenIn(relay.mails().get(0)));
            relay.usual(Stage.RCPT);
            retry(
                    new BufCurl(server.port(), Role.ADMIN),
                    delivery.getAsJsonArray("failedEmailIds").get(0).getAsString());
            assertThat(awaitDelivered(session).get("sent").getAsInt()).isEqualTo(2);
            assertThat(server.stop()).as(server.output()).isZero();
            assertThat(LeakScan.leakingLines(server.output())).isEmpty();
            assertThat(LeakScan.leakingRows(database)).isEmpty();
        }
    }

    @Test
    void serve_wrongSettings_namesAllOfThemAndEnds() {
        Map<String, String> wrong = new HashMap<>();
        wrong.put("JWT_SECRET_KEY", "short");
        wrong.put("GRPC_PORT", "many");
        wrong.put("EMAIL_USE_TLS", "perhaps");
        wrong.put("SMTP_RATE_LIMITS", "4711");
        Finished end = HeraldProcess.run(wrong, "serve");
        assertThat(end.exitCode()).isNotZero();
        assertThat(end.err())
                .contains("JWT_SECRET_KEY: ", "GRPC_PORT: ", "EMAIL_USE_TLS: ")
                .contains("AUTH_JWT_SECRET: ", "ATTENDANCE_URL: ", "DEFAULT_FROM_EMAIL: ", "EMAIL_HOST: ")
                .contains("SMTP_RATE_LIMITS: there is no such setting; did you mean SMTP_RATE_LIMIT?")
                .doesNotContain("Exception", "short\n", "4711");
    }

    private static void load(BufCurl caller) {
        Instant now = Clock.systemUTC().instant();
        call(caller, "DirectoryService/UpsertCourses", """
                {"courses": [{"course_id": 1, "course_code": "CS401", "course_name": "Compilers"}]}""");
        call(caller, "DirectoryService/UpsertUsers", """
                {"users": [
                  {"user_id": 1, "email": "asha@campus.example", "first_name": "Asha", "user_type": "student"},
                  {"user_id": 2, "email": "bela@campus.example", "first_name": "Bela", "user_type": "student"}]}""");
        call(caller, "DirectoryService/UpsertStudents", """
                {"students": [
                  {"student_profile_id": 1, "user_id": 1, "program_id": 5},
                  {"student_profile_id": 2, "user_id": 2, "program_id": 5}]}""");
        call(caller, "DirectoryService/UpsertSessions", """
                {"sessions": [{"session_id": 1, "course_id": 1, "program_id": 5, "time_created": "%s", "time_ended": "%s"}]}""".formatted(now, now.plus(Duration.ofHours(1))));
    }

    private static void generate(BufCurl caller) {
        JsonObject made = call(caller, "NotificationService/GenerateForSession", "{\"session_id\": 1}");
        assertThat(made.get("eligibleStudents").getAsInt()).isEqualTo(2);
        assertThat(made.get("notificationsCreated").getAsInt()).isEqualTo(2);
        JsonObject again = call(caller, "NotificationService/GenerateForSession", "{\"session_id\": 1}");
        assertThat(again.has("notificationsCreated")).isFalse();
        assertThat(again.get("alreadyExisting").getAsInt()).isEqualTo(2);
        assertThat(caller.failure("herald.v1.NotificationService/GenerateForSession", "{\"session_id\": 99}"))
                .contains("\"not_found\"", "session 99 not found");
    }

    private static void validate(BufCurl caller, String token) {
        JsonObject verdict = call(caller, "TokenService/ValidateToken", "{\"token\": \"" + token + "\"}");
        assertThat(verdict.get("valid").getAsBoolean()).isTrue();
        assertThat(verdict.get("studentProfileId").getAsString()).isEqualTo("1");
        JsonObject forged = call(caller, "TokenService/ValidateToken", "{\"token\": \"" + token + "x\"}");
        assertThat(forged.get("reason").getAsString()).isEqualTo("TOKEN_REASON_BAD_SIGNATURE");
        assertThat(caller.failure("herald.v1.NotificationService/RetryFailedNotifications", "{\"email_ids\": [1]}"))
                .contains("permission_denied");
    }

    private static void retry(BufCurl caller, String emailId) {
        JsonObject answer =
                call(caller, "NotificationService/RetryFailedNotifications", "{\"email_ids\": [" + emailId + ", 999]}");
        assertThat(answer.get("retried").getAsInt()).isEqualTo(1);
        assertThat(answer.getAsJsonArray("errors").get(0).getAsString()).isEqualTo("notification 999 not found");
    }

    private static JsonObject awaitDelivered(BufCurl caller) {
        return await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> call(caller, "NotificationService/GetSessionDelivery", "{\"session_id\": 1}"),
                        delivery -> !delivery.has("pending"));
    }

    private static JsonObject call(BufCurl caller, String method, String json) {
        return caller.call("herald.v1." + method, json);
    }
}
