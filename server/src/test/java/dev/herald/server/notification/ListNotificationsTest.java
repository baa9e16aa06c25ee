package dev.herald.server.notification;

import static dev.herald.server.notification.Refusals.assertInvalid;
import static dev.herald.server.notification.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import dev.herald.client.NotificationClient;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.DeliveryStatus;
import dev.herald.v1.ErrorReason;
import dev.herald.v1.FailureReason;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.ListNotificationsResponse;
import dev.herald.v1.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ListNotificationsTest {
    private static final int STUDENTS = 600;
    private static final long OTHER_SESSION = 71;
    private static final long BUSY_SESSION = 72;

    private static HeraldFixture herald;
    private static NotificationClient notifications;
    private static List<Notification> all;

    @BeforeAll
    static void start() {
        herald = HeraldFixture.start(Map.of("DELIVERY", "off"));
        herald.loadCampus(STUDENTS);
        notifications = herald.client(Role.READER).notifications();
        Instant now = herald.clock().instant();
        herald.admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(OTHER_SESSION, now, now.plus(Duration.ofHours(1)))));
        herald.admin().notifications().generateForSession(HeraldFixture.SESSION_ID);
        herald.admin().notifications().generateForSession(OTHER_SESSION);
        Delivered.sent(herald, "student_profile_id % 4 = 1");
        Delivered.failed(herald, "student_profile_id % 4 = 2");
        Delivered.failed(herald, "student_profile_id % 8 = 3", "token_expired");
        herald.update(
                "UPDATE email_notifications SET created_at = created_at - interval '1 minute' * student_profile_id");
        all = notifications.list(ListNotificationsRequest.getDefaultInstance()).toList();
    }

    @AfterAll
    static void stop() {
        herald.close();
    }

    @Test
    void list_noFilter_givesAllNewestFirst() {
        assertThat(all).hasSize(2 * STUDENTS);
        assertThat(all).isSortedAccordingTo((a, b) -> Long.compare(b.getEmailId(), a.getEmailId()));
    }

    @Test
    void list_anyFilters_giveWhatMatchesAllOfThem() {
        Random random = new Random(20_251_025);
        for (int i = 0; i < 150; i++) {
            ListNotificationsRequest request = randomFilters(random);
            assertThat(notifications.list(request).toList())
                    .as("%s", request)
                    .isEqualTo(all.stream().filter(one -> matches(request, one)).toList());
        }
    }

    @Test
    void list_eachFilterAlone_excludesSomethingAndKeepsSomething() {
        Timestamp middle = all.get(300).getCreatedAt();
        List<ListNotificationsRequest.Builder> filters = List.of(
                filter().setSessionId(OTHER_SESSION),
                filter().setStudentProfileId(17),
                filter().setStatus(DeliveryStatus.DELIVERY_STATUS_SENT),
                filter().setStatus(DeliveryStatus.DELIVERY_STATUS_FAILED),
                filter().setStatus(DeliveryStatus.DELIVERY_STATUS_PENDING),
                filter().setFailureReason(FailureReason.FAILURE_REASON_TOKEN_EXPIRED),
                filter().setCreatedAfter(middle),
                filter().setCreatedBefore(middle));
        for (ListNotificationsRequest.Builder filter : filters) {
            List<Notification> found = notifications.list(filter.build()).toList();
            assertThat(found).as("%s", filter).isNotEmpty().hasSizeLessThan(all.size());
            assertThat(found).allMatch(one -> matches(filter.build(), one));
        }
    }

    @Test
    void list_pagesOfAnySize_giveTheSameAsOnePage() {
        for (int size : new int[] {1, 2, 7, 599, 600, 601, 1_000}) {
            ListNotificationsRequest request = filter().setSessionId(OTHER_SESSION)
                    .setFailureReason(FailureReason.FAILURE_REASON_TOKEN_EXPIRED)
                    .setPageSize(size)
                    .build();
            assertThat(notifications.list(request).toList())
                    .hasSize(STUDENTS / 8)
                    .isEqualTo(all.stream().filter(one -> matches(request, one)).toList());
        }
    }

    @Test
    void list_lastPage_hasNoNextPageToken() {
        ListNotificationsRequest.Builder exact =
                filter().setSessionId(OTHER_SESSION).setPageSize(STUDENTS);
        assertThat(notifications.listPage(exact.build()).getNextPageToken()).isEmpty();
        assertThat(notifications.listPage(filter().setSessionId(4711).build()))
                .isEqualTo(ListNotificationsResponse.getDefaultInstance());
    }

    @Test
    void list_pageSize_hasADefaultAndACapAndIsNotNegative() {
        assertThat(notifications.listPage(filter().build()).getNotificationsCount())
                .isEqualTo(100);
        assertThat(notifications
                        .listPage(filter().setPageSize(1_000_000_000).build())
                        .getNotificationsCount())
                .isEqualTo(1_000);
        assertInvalid(() -> notifications.listPage(filter().setPageSize(-1).build()), "page_size");
    }

    @Test
    void list_pageTokenWithAnyCharacterChanged_isRefused() {
        String token = notifications.listPage(filter().setPageSize(5).build()).getNextPageToken();
        assertThat(pageAt(token).getNotificationsCount()).isEqualTo(100);
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertInvalidPage(filter(), token.substring(0, i) + other + token.substring(i + 1));
            assertInvalidPage(filter(), token.substring(0, i) + token.substring(i + 1));
            if (i > 0) {
                assertInvalidPage(filter(), token.substring(0, i));
            }
        }
    }

    @Test
    void list_pageTokenOfOtherFilters_isRefused() {
        String token = notifications
                .listPage(filter().setSessionId(OTHER_SESSION).setPageSize(5).build())
                .getNextPageToken();
        assertInvalidPage(filter(), token);
        assertInvalidPage(filter().setSessionId(HeraldFixture.SESSION_ID), token);
        assertInvalidPage(filter().setSessionId(OTHER_SESSION).setStatusValue(1), token);
        assertThat(notifications
                        .listPage(filter().setSessionId(OTHER_SESSION)
                                .setPageToken(token)
                                .setPageSize(50)
                                .build())
                        .getNotificationsCount())
                .isEqualTo(50);
    }

    @Test
    void list_pageTokenThatIsGarbage_isRefused() {
        String token = notifications.listPage(filter().setPageSize(5).build()).getNextPageToken();
        List<String> garbage = List.of(
                " ",
                "x",
                "=",
                token + "=",
                token + "A",
                token + " ",
                " " + token,
                "\0",
                "'; DROP TABLE users; --",
                "é",
                "A".repeat(27),
                "A".repeat(1_000_000),
                "-1",
                "9223372036854775807");
        garbage.forEach(text -> assertInvalidPage(filter(), text));
    }

    @Test
    void list_rowsComeAndGoMeanwhile_noneStandsTwiceAndNoneThatStayedIsMissing() {
        Instant now = herald.clock().instant();
        herald.admin()
                .directory()
                .upsertSessions(List.of(HeraldFixture.session(BUSY_SESSION, now, now.plus(Duration.ofHours(1)))));
        herald.update("UPDATE student_profiles SET is_active = (student_profile_id <= 400) WHERE program_id = "
                + HeraldFixture.PROGRAM_ID);
        herald.admin().notifications().generateForSession(BUSY_SESSION);
        long[] before = busyIds();
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> comeAndGo(done));
        List<List<Long>> readings = new ArrayList<>();
        Random random = new Random(7);
        for (int i = 0; i < 10; i++) {
            readings.add(readAll(random));
        }
        done.set(true);
        others.join();
        Set<Long> stayed = new HashSet<>(Arrays.stream(before).boxed().toList());
        stayed.retainAll(LongStream.of(busyIds()).boxed().toList());
        assertThat(stayed).hasSizeBetween(1, 399);
        assertThat(readings)
                .allSatisfy(ids -> assertThat(ids).doesNotHaveDuplicates().containsAll(stayed));
        herald.update("UPDATE student_profiles SET is_active = true");
        herald.update("DELETE FROM email_notifications WHERE session_id = " + BUSY_SESSION);
    }

    private static void comeAndGo(AtomicBoolean done) {
        for (int id = 1; id <= 200 && !done.get(); id++) {
            herald.update("DELETE FROM email_notifications WHERE session_id = " + BUSY_SESSION
                    + " AND student_profile_id = " + 2 * id);
            herald.update("UPDATE student_profiles SET is_active = true WHERE student_profile_id = " + (400 + id));
            herald.admin().notifications().generateForSession(BUSY_SESSION);
        }
    }

    private static List<Long> readAll(Random random) {
        List<Long> ids = new ArrayList<>();
        String token = "";
        do {
            ListNotificationsResponse page = notifications.listPage(filter().setSessionId(BUSY_SESSION)
                    .setPageSize(1 + random.nextInt(40))
                    .setPageToken(token)
                    .build());
            page.getNotificationsList().forEach(one -> ids.add(one.getEmailId()));
            token = page.getNextPageToken();
        } while (!token.isEmpty());
        return ids;
    }

    private static long[] busyIds() {
        return herald.numbers("SELECT email_id FROM email_notifications WHERE session_id = " + BUSY_SESSION);
    }

    private static ListNotificationsRequest randomFilters(Random random) {
        ListNotificationsRequest.Builder request = filter().setPageSize(random.nextInt(700));
        if (random.nextInt(3) == 0) {
            request.setSessionId(random.nextBoolean() ? OTHER_SESSION : HeraldFixture.SESSION_ID);
        }
        if (random.nextInt(6) == 0) {
            request.setStudentProfileId(1 + random.nextInt(STUDENTS));
        }
        if (random.nextInt(3) == 0) {
            request.setStatusValue(1 + random.nextInt(3));
        }
        if (random.nextInt(4) == 0) {
            request.setFailureReasonValue(1 + random.nextInt(5));
        }
        if (random.nextInt(3) == 0) {
            request.setCreatedAfter(all.get(random.nextInt(all.size())).getCreatedAt());
        }
        if (random.nextInt(3) == 0) {
            request.setCreatedBefore(all.get(random.nextInt(all.size())).getCreatedAt());
        }
        return request.build();
    }

    private static boolean matches(ListNotificationsRequest filter, Notification one) {
        return (filter.getSessionId() == 0 || filter.getSessionId() == one.getSessionId())
                && (filter.getStudentProfileId() == 0 || filter.getStudentProfileId() == one.getStudentProfileId())
                && (filter.getStatusValue() == 0 || filter.getStatusValue() == one.getStatusValue())
                && (filter.getFailureReasonValue() == 0
                        || filter.getFailureReasonValue() == one.getFailureReasonValue())
                && (!filter.hasCreatedAfter() || Timestamps.compare(one.getCreatedAt(), filter.getCreatedAfter()) >= 0)
                && (!filter.hasCreatedBefore()
                        || Timestamps.compare(one.getCreatedAt(), filter.getCreatedBefore()) < 0);
    }

    private static ListNotificationsRequest.Builder filter() {
        return ListNotificationsRequest.newBuilder();
    }

    private static ListNotificationsResponse pageAt(String token) {
        return notifications.listPage(filter().setPageToken(token).build());
    }

    private static void assertInvalidPage(ListNotificationsRequest.Builder filter, String token) {
        assertRefused(
                () -> notifications.listPage(filter.setPageToken(token).build()),
                ErrorReason.ERROR_REASON_PAGE_TOKEN_INVALID);
    }
}
