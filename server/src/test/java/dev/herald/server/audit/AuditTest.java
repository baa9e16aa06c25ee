package dev.herald.server.audit;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ResumeDeliveryRequest;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFilter;
import dev.herald.v1.SendTestEmailRequest;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That an administrative act leaves its entry, what that holds, and that nothing else leaves one. */
class AuditTest {
    private AuditScene scene;
    private HeraldFixture herald;
    private HeraldClient admin;

    @BeforeEach
    void start() {
        scene = AuditScene.start();
        herald = scene.herald();
        admin = herald.admin();
    }

    @AfterEach
    void stop() {
        scene.close();
    }

    @Test
    void acts_forAdministratorsAlone_tellWhatWasAndWhatIs() {
        scene.service().notifications().generateForSession(SESSION_ID);
        scene.fail("student_profile_id <= 2");
        long[] failed = herald.numbers("SELECT email_id FROM email_notifications WHERE status = 'failed' ORDER BY 1");
        Instant until = herald.clock().instant().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);

        admin.notifications()
                .retryFailed(RetryFailedNotificationsRequest.newBuilder()
                        .addAllEmailIds(LongStream.of(failed).boxed().toList())
                        .addEmailIds(4711)
                        .setRequestId("retry-1")
                        .build());
        String token = Rows.token(herald, failed[0]);
        admin.tokens().revokeTokens(List.of(token, "garbage"));
        admin.tokens().revokeNotifications(List.of(failed[1], 4711L));
        admin.tokens().revokeSession(SESSION_ID);
        admin.notifications().cancelForSession(SESSION_ID);
        scene.pause("", until);
        scene.pause("", until.plusSeconds(60));
        herald.system(Role.ADMIN).resumeDelivery(ResumeDeliveryRequest.getDefaultInstance());
        herald.system(Role.ADMIN)
                .sendTestEmail(SendTestEmailRequest.newBuilder()
                        .setTo("ops@campus.example")
                        .build());
        admin.directory().deleteStudent(1);
        admin.directory().eraseUser(2);
        admin.directory().deleteSession(SESSION_ID);

        assertThat(scene.told())
                .containsExactly(
                        "RetryFailedNotifications notifications {\"failed\": 2} -> {\"retried\": 2, \"skipped\": 0, \"email_ids\": ["
                                + failed[0] + ", " + failed[1] + "]} retry-1",
                        "RevokeTokens tokens  -> {\"asked\": 2, \"revoked\": 1, \"session_ids\": [70]} ",
                        "RevokeTokens notifications  -> {\"asked\": 2, \"revoked\": 1, \"email_ids\": [" + failed[1]
                                + ", 4711]} ",
                        "RevokeTokens session/70  -> {\"revoked\": 3} ",
                        "CancelForSession session/70 {\"failed\": 0, \"pending\": 5} -> {\"cancelled\": 5, \"revoked_tokens\": 0} ",
                        "PauseDelivery delivery  -> {\"until\": \"" + until + "\"} ",
                        "PauseDelivery delivery {\"until\": \"" + until + "\"} -> {\"until\": \""
                                + until.plusSeconds(60) + "\"} ",
                        "ResumeDelivery delivery {\"until\": \"" + until.plusSeconds(60)
                                + "\"} -> {\"resumed\": true} ",
                        "SendTestEmail mail/test.…  -> {\"relays\": 1, \"outcome\": \"begun\"} ",
                        "SendTestEmail mail/test.… {\"outcome\": \"begun\"} -> {\"relay\": \"relay\", \"outcome\": \"accepted\","
                                + " \"smtp_code\": 250, \"enhanced_code\": \"2.0.0\"} ",
                        "DeleteStudent student/1 {\"notifications\": 1} -> {\"deleted\": true} ",
                        "EraseUser user/2 {\"notifications\": 1, \"student_profile_ids\": [2]} -> {\"deleted\": true} ",
                        "DeleteSession session/70 {\"notifications\": 3} -> {\"deleted\": true} ");
        assertThat(scene.all()).allSatisfy(entry -> {
            assertThat(entry.getActor()).isEqualTo("test");
            assertThat(Duration.between(AuditScene.at(entry), Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(1));
            assertThat(entry.toString()).doesNotContain("@", token);
        });
    }

    @Test
    void acts_thatChangeNothing_leaveNoEntry() {
        scene.service().notifications().generateForSession(SESSION_ID);
        assertThatThrownBy(() -> admin.notifications().cancelForSession(4711));
        assertThatThrownBy(() -> admin.directory().deleteSession(4711));
        assertThatThrownBy(() -> admin.directory().eraseUser(4711));
        assertThatThrownBy(() -> scene.pause("no kind", Instant.now().plusSeconds(60)));
        assertThatThrownBy(() -> herald.system(Role.ADMIN)
                .sendTestEmail(SendTestEmailRequest.newBuilder()
                        .setTo("ops@elsewhere.example")
                        .build()));
        assertThatThrownBy(() -> herald.client(Role.READER).directory().deleteSession(SESSION_ID));
        admin.notifications()
                .retryFailed(RetryFailedNotificationsRequest.newBuilder()
                        .setFilter(RetryFilter.getDefaultInstance())
                        .setValidateOnly(true)
                        .build());
        assertThat(scene.all()).isEmpty();
    }

    @Test
    void act_requestIdRepeated_leavesOneEntry() {
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID))
                .setRequestId("once")
                .build();
        admin.notifications().retryFailed(request);
        admin.notifications().retryFailed(request);
        assertThat(scene.all()).singleElement().satisfies(entry -> {
            assertThat(entry.getTarget()).isEqualTo("session/70");
            assertThat(entry.getRequestId()).isEqualTo("once");
        });
    }

    @Test
    void act_ofACallerWithAnyName_isWrittenDownUnderIt() {
        for (String subject :
                List.of("spiffe://campus.example/ops", "", "a\0b", "n".repeat(1_000), "é\ud83d\ude00".repeat(200))) {
            try (HeraldClient caller = scene.administrator(subject)) {
                caller.notifications().cancelForSession(SESSION_ID);
            }
            String actor = scene.all().get(0).getActor();
            assertThat(actor).hasSizeLessThanOrEqualTo(256);
            assertThat(subject.replace('\0', ' ')).startsWith(actor);
            assertThat(scene.pages(
                            ListAuditEntriesRequest.newBuilder().setActor(actor).build(), 10))
                    .isNotEmpty();
        }
        assertThat(scene.all()).hasSize(5);
    }

    @Test
    void act_ofACallerNamedByAnAddress_holdsAPseudonymThatCanBeAskedFor() {
        String subject = "asha.admin@campus.example";
        try (HeraldClient caller = scene.administrator(subject)) {
            caller.notifications().cancelForSession(SESSION_ID);
        }
        assertThat(scene.all().get(0).getActor()).matches("sha256:[0-9a-f]{16}");
        assertThat(scene.pages(
                        ListAuditEntriesRequest.newBuilder().setActor(subject).build(), 10))
                .hasSize(1);
    }

    @Test
    void act_withoutCallers_isTheLocalAdministrators() {
        try (HeraldFixture open = herald.another(Map.of("AUTH", "off"))) {
            open.admin().notifications().cancelForSession(SESSION_ID);
        }
        assertThat(scene.all())
                .singleElement()
                .satisfies(entry -> assertThat(entry.getActor()).isEqualTo("local"));
    }

    @Test
    void act_entryCannotBeWritten_isNotDoneEither() {
        scene.service().notifications().generateForSession(SESSION_ID);
        herald.update("CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$");
        herald.update("CREATE TRIGGER full_up BEFORE INSERT ON audit_entries EXECUTE FUNCTION full_up()");
        assertThatThrownBy(() -> admin.notifications().cancelForSession(SESSION_ID))
                .isInstanceOf(ServiceCallException.class);
        assertThatThrownBy(() -> admin.directory().eraseUser(1)).isInstanceOf(ServiceCallException.class);
        assertThatThrownBy(() -> herald.system(Role.ADMIN)
                        .sendTestEmail(SendTestEmailRequest.newBuilder()
                                .setTo("ops@campus.example")
                                .build()))
                .isInstanceOf(StatusRuntimeException.class);
        assertThat(herald.number("SELECT count(*) FROM email_notifications WHERE status = 'pending'"))
                .isEqualTo(5);
        assertThat(herald.number("SELECT count(*) FROM session_cancellations")).isZero();
        assertThat(herald.number("SELECT count(*) FROM users")).isEqualTo(5);
        assertThat(herald.relay().mails()).isEmpty();
    }

    @Test
    void act_onThousands_countsAllAndNamesTheFirstHundred() {
        herald.insertStudents(6, 1_195);
        scene.service().notifications().generateForSession(SESSION_ID);
        scene.fail("true");
        admin.notifications()
                .retryFailed(RetryFailedNotificationsRequest.newBuilder()
                        .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID))
                        .build());
        assertThat(scene.all()).singleElement().satisfies(entry -> {
            assertThat(entry.getAfter()).contains("\"retried\": 1200");
            assertThat(entry.getAfter().split(",")).hasSize(100 + 2);
        });
    }
}
