package dev.herald.server.notification;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.client.NotificationClient;
import dev.herald.client.TokenClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.v1.RetryFailedNotificationsResponse;
import dev.herald.v1.RetryOutcome;
import dev.herald.v1.RetryResult;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A server that delivers nothing, with links of 20 minutes. */
record RetryScene(HeraldFixture herald, NotificationClient notifications, TokenClient tokens) {
    /** All notifications with their queue entries, as text. */
    static final String EVERYTHING =
            "SELECT n::text || coalesce(o::text, '') FROM email_notifications n LEFT JOIN outbox o ON o.ref_id = n.email_id"
                    + " ORDER BY n.email_id";

    static RetryScene start() {
        HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off", "TOKEN_EXPIRY_MINUTES", "20"));
        return new RetryScene(
                herald, herald.admin().notifications(), herald.admin().tokens());
    }

    void generate(int students, Duration start) {
        generate(students, start, start.plus(Duration.ofHours(1)));
    }

    void generate(int students, Duration start, Duration end) {
        Instant now = herald.clock().instant();
        herald.loadCampus(students, now.plus(start), now.plus(end));
        notifications.generateForSession(SESSION_ID);
    }

    long emailOf(long student) {
        return herald.number("SELECT email_id FROM email_notifications WHERE session_id = " + SESSION_ID
                + " AND student_profile_id = " + student);
    }

    Instant expiry(long emailId) {
        return Instant.ofEpochSecond(
                notifications.get(emailId).getTokenExpiresAt().getSeconds());
    }

    static Map<Long, RetryOutcome> outcomes(RetryFailedNotificationsResponse answer) {
        assertThat(answer.getResultsList()).extracting(RetryResult::getEmailId).doesNotHaveDuplicates();
        return answer.getResultsList().stream()
                .collect(Collectors.toMap(
                        RetryResult::getEmailId, RetryResult::getOutcome, (one, other) -> one, LinkedHashMap::new));
    }
}
