package dev.herald.server;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.TokenReason;
import dev.herald.v1.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is left of somebody who was erased: ids in the audit, and nothing else. */
class EraseUserTest {
    private static final String ADDRESS = "wilhelmina.unmistakable@campus.example";

    @Test
    void eraseUser_afterEverythingThatCanHappen_leavesNothingOfThem() {
        try (HeraldFixture herald = HeraldFixture.start()) {
            HeraldClient admin = herald.admin();
            herald.loadCampus(3);
            admin.directory().upsertUsers(List.of(unmistakable()));
            herald.relay().reply(Stage.RCPT, to -> to.equals(ADDRESS) ? "550 5.1.1 <" + to + "> unknown" : null);
            admin.notifications().generateForSession(SESSION_ID);
            herald.awaitDelivery(SESSION_ID);
            long emailId = herald.number("SELECT email_id FROM email_notifications WHERE student_profile_id = 2");
            admin.notifications()
                    .retryFailed(RetryFailedNotificationsRequest.newBuilder()
                            .addEmailIds(emailId)
                            .setRequestId("again")
                            .build());
            herald.awaitDelivery(SESSION_ID);
            String token = Rows.token(herald, emailId);
            admin.tokens().consume(token, "used");
            assertThat(remains(herald)).as("before").isNotEmpty();

            admin.directory().eraseUser(2);

            assertThat(remains(herald)).isEmpty();
            for (String table : List.of("student_profiles", "email_notifications")) {
                assertThat(herald.number("SELECT count(*) FROM " + table + " WHERE student_profile_id = 2"))
                        .isZero();
            }
            for (String table : List.of("outbox", "delivery_attempts")) {
                assertThat(herald.number("SELECT count(*) FROM " + table + " WHERE ref_id = " + emailId))
                        .isZero();
            }
            assertThat(herald.number("SELECT count(*) FROM audit_entries WHERE target = 'user/2'"))
                    .isEqualTo(1);
            assertThat(admin.tokens().validate(token).getReason()).isNotEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
        }
    }

    @Test
    void eraseUser_mailStillQueued_isNotSentAnyMore() {
        try (HeraldFixture herald = HeraldFixture.start(Map.of("DELIVERY", "off"))) {
            herald.loadCampus(3);
            herald.admin().notifications().generateForSession(SESSION_ID);
            herald.admin().directory().eraseUser(2);
            try (HeraldFixture delivering = herald.another(Map.of())) {
                await().until(() -> herald.number("SELECT count(*) FROM outbox") == 0);
                assertThat(delivering.relay().mails())
                        .hasSize(2)
                        .noneMatch(mail -> mail.recipients().contains("student2@campus.example"));
            }
        }
    }

    private static User unmistakable() {
        return HeraldFixture.user(2, ADDRESS).toBuilder()
                .setFirstName("Wilhelmina")
                .setLastName("Unmistakable")
                .build();
    }

    /** Every row of every table with the address or a name in it. */
    private static List<String> remains(HeraldFixture herald) {
        List<String> found = new ArrayList<>();
        for (String table : Rows.texts(herald.url(), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
            for (String row : Rows.texts(herald.url(), "SELECT '" + table + " ' || t::text FROM " + table + " AS t")) {
                String text = row.toLowerCase(Locale.ROOT);
                if (text.contains("unmistakable")
                        || text.contains("wilhelmina")
                        || text.contains(hex("unmistakable"))) {
                    found.add(row);
                }
            }
        }
        return found;
    }

    /** As bytea columns print it. */
    private static String hex(String text) {
        StringBuilder hex = new StringBuilder();
        text.chars().forEach(c -> hex.append(Integer.toHexString(c)));
        return hex.toString();
    }
}
