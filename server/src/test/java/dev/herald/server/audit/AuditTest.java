package dev.herald.server.audit;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.config.Secret;
import dev.herald.server.rpc.CallerTokens;
import dev.herald.server.rpc.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListAuditEntriesResponse;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.PauseDeliveryRequest;
import dev.herald.v1.ResumeDeliveryRequest;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.RetryFilter;
import dev.herald.v1.SendTestEmailRequest;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That every administrative act leaves its entry, and nothing else does. */
class AuditTest {
    private HeraldFixture herald;
    private HeraldClient admin;

    @BeforeEach
    void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off", "TEST_EMAIL_ALLOWED", "campus.example"));
        admin = herald.admin();
        herald.loadCampus(5);
    }

    @AfterEach
    void stop() {
        herald.close();
    }

    @Test
    void acts_ofEveryKind_leaveOneEntryEach() {
        admin.notifications().generateForSession(SESSION_ID);
        fail("student_profile_id <= 2");
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
        pause("", until);
        pause("", until.plusSeconds(60));
        herald.system(Role.ADMIN).resumeDelivery(ResumeDeliveryRequest.getDefaultInstance());
        herald.system(Role.ADMIN)
                .sendTestEmail(SendTestEmailRequest.newBuilder()
                        .setTo("ops@campus.example")
                        .build());
        admin.directory().deleteStudent(1);
        admin.directory().eraseUser(2);
        admin.directory().deleteSession(SESSION_ID);

        assertThat(told())
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
                        "SendTestEmail mail/test.…  -> {\"relays\": 1} ",
                        "DeleteStudent student/1 {\"notifications\": 1} -> {\"deleted\": true} ",
                        "EraseUser user/2 {\"notifications\": 1, \"student_profile_ids\": [2]} -> {\"deleted\": true} ",
                        "DeleteSession session/70 {\"notifications\": 3} -> {\"deleted\": true} ");
        assertThat(all()).allSatisfy(entry -> {
            assertThat(entry.getActor()).isEqualTo("test");
            assertThat(Duration.between(at(entry), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
            assertThat(entry.toString()).doesNotContain("@", token);
        });
    }

    @Test
    void acts_thatChangeNothing_leaveNoEntry() {
        admin.notifications().generateForSession(SESSION_ID);
        assertThatThrownBy(() -> admin.notifications().cancelForSession(4711));
        assertThatThrownBy(() -> admin.directory().deleteSession(4711));
        assertThatThrownBy(() -> admin.directory().eraseUser(4711));
        assertThatThrownBy(() -> pause("no kind", Instant.now().plusSeconds(60)));
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
        assertThat(all()).isEmpty();
    }

    @Test
    void act_requestIdRepeated_leavesOneEntry() {
        RetryFailedNotificationsRequest request = RetryFailedNotificationsRequest.newBuilder()
                .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID))
                .setRequestId("once")
                .build();
        admin.notifications().retryFailed(request);
        admin.notifications().retryFailed(request);
        assertThat(all()).singleElement().satisfies(entry -> {
            assertThat(entry.getTarget()).isEqualTo("session/70");
            assertThat(entry.getRequestId()).isEqualTo("once");
        });
    }

    @Test
    void act_ofACallerWithAnyName_isWrittenDownUnderIt() {
        for (String subject :
                List.of("spiffe://campus.example/ops", "", "a\0b", "n".repeat(1_000), "é\ud83d\ude00".repeat(200))) {
            String bearer = new CallerTokens(new Secret(HeraldFixture.CALLER_KEY), Clock.systemUTC())
                    .issue(subject, Set.of(Role.ADMIN), Duration.ofHours(1));
            try (HeraldClient caller = HeraldClient.builder("127.0.0.1:" + herald.port())
                    .plaintext()
                    .bearerToken(bearer)
                    .build()) {
                caller.notifications().cancelForSession(SESSION_ID);
            }
            String actor = all().get(0).getActor();
            assertThat(actor).hasSizeLessThanOrEqualTo(256);
            assertThat(subject.replace('\0', ' ')).startsWith(actor);
            assertThat(pages(filter().setActor(actor).build(), 10)).isNotEmpty();
        }
        assertThat(all()).hasSize(5);
    }

    @Test
    void act_ofACallerNamedByAnAddress_holdsAPseudonymThatCanBeAskedFor() {
        String subject = "asha.admin@campus.example";
        String bearer = new CallerTokens(new Secret(HeraldFixture.CALLER_KEY), Clock.systemUTC())
                .issue(subject, Set.of(Role.ADMIN), Duration.ofHours(1));
        try (HeraldClient caller = HeraldClient.builder("127.0.0.1:" + herald.port())
                .plaintext()
                .bearerToken(bearer)
                .build()) {
            caller.notifications().cancelForSession(SESSION_ID);
        }
        assertThat(all().get(0).getActor()).matches("sha256:[0-9a-f]{16}");
        assertThat(pages(filter().setActor(subject).build(), 10)).hasSize(1);
    }

    @Test
    void act_withoutCallers_isTheLocalAdministrators() {
        try (HeraldFixture open = herald.another(Map.of("AUTH", "off"))) {
            open.admin().notifications().cancelForSession(SESSION_ID);
        }
        assertThat(all())
                .singleElement()
                .satisfies(entry -> assertThat(entry.getActor()).isEqualTo("local"));
    }

    @Test
    void act_entryCannotBeWritten_isNotDoneEither() {
        admin.notifications().generateForSession(SESSION_ID);
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
        admin.notifications().generateForSession(SESSION_ID);
        fail("true");
        admin.notifications()
                .retryFailed(RetryFailedNotificationsRequest.newBuilder()
                        .setFilter(RetryFilter.newBuilder().setSessionId(SESSION_ID))
                        .build());
        assertThat(all()).singleElement().satisfies(entry -> {
            assertThat(entry.getAfter()).contains("\"retried\": 1200");
            assertThat(entry.getAfter().split(",")).hasSize(100 + 2);
        });
    }

    @Test
    void list_filters_giveWhatMatchesAllOfThem() {
        insert(40);
        List<AuditEntry> entries = all();
        for (int actor = 0; actor < 3; actor++) {
            for (int action = 0; action < 4; action++) {
                AuditEntry middle = entries.get(5 + 7 * actor);
                AuditEntry late = entries.get(actor);
                ListAuditEntriesRequest filter = filter().setActor(actor == 0 ? "" : "actor" + actor)
                        .setAction(action == 0 ? "" : "Action" + action)
                        .setAfter(middle.getAt())
                        .setBefore(late.getAt())
                        .build();
                assertThat(pages(filter, 3))
                        .isNotEmpty()
                        .isEqualTo(entries.stream()
                                .filter(entry -> entry.getActor().contains(filter.getActor()))
                                .filter(entry -> entry.getAction().contains(filter.getAction()))
                                .filter(entry -> !at(entry).isBefore(at(middle))
                                        && at(entry).isBefore(at(late)))
                                .toList());
            }
        }
    }

    @Test
    void list_pageTokenOfOtherFiltersOrAnotherList_isRefused() {
        insert(10);
        String token = herald.system(Role.ADMIN)
                .listAuditEntries(filter().setPageSize(2).build())
                .getNextPageToken();
        assertThatThrownBy(() -> admin.notifications()
                        .listPage(ListNotificationsRequest.newBuilder()
                                .setPageToken(token)
                                .build()))
                .hasMessageContaining("page_token");
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> herald.system(Role.ADMIN)
                        .listAuditEntries(
                                filter().setActor("actor1").setPageToken(token).build()));
        assertThat(refusal.getStatus().getDescription()).contains("page_token");
    }

    @Test
    void list_entriesComeMeanwhile_noneStandsTwiceOrIsMissing() {
        insert(60);
        List<Long> before = all().stream().map(AuditEntry::getAuditId).toList();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            while (!done.get()) {
                insert(1);
            }
        });
        Random random = new Random(8);
        for (int round = 0; round < 10; round++) {
            assertThat(pages(filter().build(), 1 + random.nextInt(25)))
                    .extracting(AuditEntry::getAuditId)
                    .doesNotHaveDuplicates()
                    .containsAll(before);
        }
        done.set(true);
        others.join();
    }

    private void insert(int entries) {
        herald.update("INSERT INTO audit_entries (at, actor, action, target)"
                + " SELECT clock_timestamp(), 'actor' || (1 + n % 2), 'Action' || (1 + n % 3), 't'"
                + " FROM generate_series(1, " + entries + ") AS n");
    }

    private void fail(String where) {
        herald.update("UPDATE email_notifications SET status = 'failed', failure_reason = 'recipient_rejected',"
                + " failed_at = now() WHERE " + where);
        herald.update("UPDATE outbox SET parked = true WHERE ref_id IN"
                + " (SELECT email_id FROM email_notifications WHERE status = 'failed')");
    }

    private void pause(String scope, Instant until) {
        herald.system(Role.ADMIN)
                .pauseDelivery(PauseDeliveryRequest.newBuilder()
                        .setScope(scope)
                        .setUntil(HeraldFixture.timestamp(until))
                        .build());
    }

    /** Oldest first, in short. */
    private List<String> told() {
        List<AuditEntry> entries = new ArrayList<>(all());
        Collections.reverse(entries);
        return entries.stream()
                .map(entry -> entry.getAction() + " "
                        + entry.getTarget().replaceFirst("test\\.[0-9a-f-]{36}", "test.…") + " " + entry.getBefore()
                        + " -> " + entry.getAfter() + " " + entry.getRequestId())
                .toList();
    }

    private List<AuditEntry> all() {
        return pages(filter().build(), 1_000);
    }

    private List<AuditEntry> pages(ListAuditEntriesRequest filter, int size) {
        List<AuditEntry> entries = new ArrayList<>();
        String token = "";
        var stub = herald.system(Role.ADMIN);
        do {
            ListAuditEntriesResponse page = stub.listAuditEntries(
                    filter.toBuilder().setPageSize(size).setPageToken(token).build());
            entries.addAll(page.getEntriesList());
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return entries;
    }

    private static Instant at(AuditEntry entry) {
        return Instant.ofEpochSecond(entry.getAt().getSeconds(), entry.getAt().getNanos());
    }

    private static ListAuditEntriesRequest.Builder filter() {
        return ListAuditEntriesRequest.newBuilder();
    }
}
