package dev.herald.server;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ResponseStream;
import dev.herald.client.ServiceCallException;
import dev.herald.server.caller.Role;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.MemorySpans;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.v1.Freshness;
import dev.herald.v1.GenerateForSessionRequest;
import dev.herald.v1.ImportRequest;
import dev.herald.v1.ListAuditEntriesRequest;
import dev.herald.v1.ListNotificationsRequest;
import dev.herald.v1.RetryFailedNotificationsRequest;
import dev.herald.v1.SessionDelivery;
import io.grpc.ManagedChannel;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server to which everything happens that may: every kind of act, by everybody, and all that can go wrong with it. */
final class PrivacyRun implements AutoCloseable {
    private static final Pattern LINK = Pattern.compile("token=([\\w-]+\\.[\\w-]+\\.[\\w-]+)");
    private static final String KIND = "attendance_session";
    /** Nothing keeps a caller from naming a request so. */
    private static final String REQUEST = "asha+request@campus.example";

    private final HeraldFixture herald = HeraldFixture.start(settings());
    private final HeraldClient client = herald.admin();
    private final List<String> tokens = new ArrayList<>();

    static PrivacyRun ofEverything() throws Exception {
        PrivacyRun run = new PrivacyRun();
        run.deliverWithRefusalsThatEchoEverything();
        run.retryWhatFailed();
        run.collectTokens();
        run.useTokens();
        run.makeBadCalls();
        run.makeFaults();
        run.importItems();
        run.sendTestMail();
        run.cancelAndErase();
        run.lookAtEverything();
        run.failForGood();
        run.pause();
        return run;
    }

    HeraldFixture herald() {
        return herald;
    }

    HeraldClient client() {
        return client;
    }

    /** Every token that was mailed or handed out. */
    List<String> tokens() {
        return List.copyOf(tokens);
    }

    @Override
    public void close() {
        herald.close();
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(MemorySpans.SETTINGS);
        settings.put("JWT_PREVIOUS_SECRET_KEYS", "the-key-of-last-year-0123456789-abcdefgh");
        settings.put("DATABASE_PASSWORD", "nobody-asks-for-this-password");
        settings.put("TEST_EMAIL_ALLOWED", "campus.example");
        settings.put("SMTP_RATE_LIMIT", "1000");
        return settings;
    }

    private void deliverWithRefusalsThatEchoEverything() {
        ScriptedSmtpServer relay = herald.relay();
        relay.reply(Stage.RCPT, PrivacyRun::refusal);
        relay.reply(Stage.DOT, this::refusalOfTheMessage);
        herald.loadCampus(10);
        client.notifications().generateForSession(SESSION_ID);
        await().until(() -> client.notifications().sessionDelivery(SESSION_ID).getPending() <= 2);
        await().until(() -> herald.number("SELECT count(*) FROM outbox WHERE attempts = 1 AND NOT parked") == 2);
        relay.usual(Stage.RCPT).usual(Stage.DOT);
        herald.update("UPDATE outbox SET due_at = now()");
        SessionDelivery delivery = herald.awaitDelivery(SESSION_ID);
        assertThat(delivery.getFailed()).isEqualTo(3);
    }

    private static String refusal(String to) {
        return switch (to.substring(0, to.indexOf('@'))) {
            case "student2" -> "550 5.1.1 <" + to + "> user unknown; " + to.toUpperCase(Locale.ROOT);
            case "student3" -> "550-5.1.1 \"student3\" (" + to + ")\r\n550 5.1.1 mailto:" + to;
            case "student4" -> "451 4.7.1 <" + to + ">: greylisted";
            default -> null;
        };
    }

    private String refusalOfTheMessage(String to) {
        return switch (to.substring(0, to.indexOf('@'))) {
            case "student5" -> "554 5.7.1 spam to " + to + ": https://attendance.campus.example/mark?token=" + token(5);
            case "student6" -> "451 4.3.0 will look at " + token(6) + " for <" + to + "> later";
            default -> null;
        };
    }

    private String token(long student) {
        return Rows.token(
                herald,
                herald.number("SELECT email_id FROM email_notifications WHERE student_profile_id = " + student));
    }

    private void retryWhatFailed() {
        List<Long> failed = client.notifications().sessionDelivery(SESSION_ID).getFailedEmailIdsList();
        client.notifications().retryFailed(failed);
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(10);
    }

    private void collectTokens() throws Exception {
        for (Received mail : herald.relay().mails()) {
            MimeMessage message =
                    new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(mail.data()));
            String text = (String)
                    ((MimeMultipart) message.getContent()).getBodyPart(0).getContent();
            Matcher link = LINK.matcher(text);
            assertThat(link.find()).isTrue();
            tokens.add(link.group(1));
        }
        tokens.add(client.tokens()
                .generate(1, SESSION_ID, herald.clock().instant().plus(Duration.ofMinutes(30)))
                .getToken());
    }

    private void useTokens() {
        for (String token : tokens()) {
            assertThat(client.tokens().validate(token).getValid()).isTrue();
            client.tokens().validate(token, Freshness.FRESHNESS_CACHED);
            client.tokens().decode(token);
            client.tokens().validate(token + "x");
            client.tokens().validate(token.substring(0, token.length() - 2));
            refused(() -> client.tokens().decode(token.replace('.', ',')));
            client.tokens().consume(token.substring(1), "one");
        }
        assertThat(client.tokens().consume(tokens.get(0), REQUEST))
                .isEqualTo(client.tokens().consume(tokens.get(0), REQUEST));
        client.tokens().consume(tokens.get(0), "two");
        client.tokens().revokeTokens(List.of(tokens.get(1), "garbage"));
        // With everything else as it is these still open something, which the database must not.
        assertThat(client.tokens().validate(tokens.get(4)).getValid()).isTrue();
    }

    private void makeBadCalls() {
        refused(() -> client.notifications().get(4711));
        refused(() -> client.notifications().generateForSession(4711));
        refused(() -> client.directory().upsertUsers(List.of(HeraldFixture.user(50, "not an address@poison.example"))));
        refused(() -> client.directory().upsertUsers(List.of(HeraldFixture.user(50, "a@poison.example\r\nx"))));
        refused(() -> client.directory().upsertStudents(List.of(HeraldFixture.student(4711))));
        refused(() -> client.notifications()
                .listPage(ListNotificationsRequest.newBuilder()
                        .setPageToken(tokens.get(2))
                        .build()));
        ManagedChannel channel = herald.channel();
        String method = "herald.v1.NotificationService/GetNotification";
        for (String value : List.of("Bearer " + tokens.get(2), tokens.get(3), "Basic dXNlcjpwYXNz")) {
            RawCall.toItsEnd(channel, method, RawCall.authorization(value), List.of(new byte[0]));
            byte[] bytes = (tokens.get(2) + "student1@campus.example").getBytes(StandardCharsets.UTF_8);
            String bearer = "Bearer " + HeraldFixture.bearer(Role.ADMIN);
            RawCall.toItsEnd(channel, method, RawCall.authorization(bearer), List.of(bytes));
        }
    }

    /** A database that refuses rows would quote them. */
    private void makeFaults() {
        herald.update("ALTER TABLE users ADD CONSTRAINT poison CHECK (email NOT LIKE '%@poison.example')");
        refused(() -> client.directory()
                .upsertUsers(List.of(
                        HeraldFixture.user(50, "fifty@poison.example"),
                        HeraldFixture.user(51, "more@poison.example"))));
        herald.update("ALTER TABLE users DROP CONSTRAINT poison");
        herald.update("ALTER TABLE email_notifications ADD CONSTRAINT poison CHECK (student_profile_id <> 60)");
        herald.insertStudents(60, 1);
        refused(() -> client.notifications().generateForSession(SESSION_ID));
        herald.update("ALTER TABLE email_notifications DROP CONSTRAINT poison");
        herald.update("ALTER TABLE token_states ADD CONSTRAINT poison CHECK (request_id <> 'poison')");
        refused(() -> client.tokens().consume(tokens.get(5), "poison"));
        herald.update("ALTER TABLE token_states DROP CONSTRAINT poison");
    }

    private static void refused(Callable<?> call) {
        assertThatThrownBy(call::call).isInstanceOf(ServiceCallException.class);
    }

    /** Good ones and bad ones. */
    private void importItems() {
        client.directory()
                .load(List.of(
                                ImportRequest.newBuilder()
                                        .setUser(HeraldFixture.user(80, "eighty@campus.example"))
                                        .build(),
                                ImportRequest.newBuilder()
                                        .setStudent(HeraldFixture.student(80))
                                        .build())
                        .iterator());
        refused(() -> client.directory()
                .load(List.of(ImportRequest.newBuilder()
                                .setUser(HeraldFixture.user(81, "no address@poison.example"))
                                .build())
                        .iterator()));
    }

    private void sendTestMail() {
        client.system().sendTestEmail("operator@campus.example");
        herald.relay().reply(Stage.RCPT, to -> "550 5.1.1 <" + to + "> unknown");
        refused(() -> client.system().sendTestEmail("operator@campus.example"));
        herald.relay().usual(Stage.RCPT);
        refused(() -> client.system().sendTestEmail("stranger@elsewhere.example"));
    }

    private void cancelAndErase() {
        newSession(71);
        client.notifications().generateForSession(71);
        client.notifications().cancelForSession(71);
        client.tokens().revokeSession(71);
        newSession(72);
        client.notifications().generateForSession(72);
        client.directory().deleteSession(72);
        client.directory().deleteStudent(9);
        client.directory().eraseUser(10);
    }

    private void lookAtEverything() {
        client.system().status();
        client.system().checkConfiguration();
        assertThat(client.system().auditEntries(ListAuditEntriesRequest.getDefaultInstance()))
                .isNotEmpty();
        assertThat(client.notifications().list(ListNotificationsRequest.getDefaultInstance()))
                .isNotEmpty();
        client.notifications().preview(herald.number("SELECT min(email_id) FROM email_notifications"));
        try (ResponseStream<SessionDelivery> watch = client.notifications().watchSessionDelivery(SESSION_ID)) {
            assertThat(watch.next().getSent()).isPositive();
        }
    }

    /** So that there are failed mails in the queue, with what the relay said, and one retried by a request. */
    private void failForGood() {
        herald.relay().reply(Stage.RCPT, to -> "550 5.1.1 <" + to + "> is no user here, mark?token=" + tokens.get(4));
        newSession(73);
        var generate = GenerateForSessionRequest.newBuilder().setSessionId(73).setRequestId(REQUEST);
        assertThat(client.notifications().generateForSession(generate.build()))
                .isEqualTo(client.notifications().generateForSession(generate.build()));
        generate.setSessionId(71);
        refused(() -> client.notifications().generateForSession(generate.build()));
        herald.awaitDelivery(73);
        List<Long> failed = client.notifications().sessionDelivery(73).getFailedEmailIdsList();
        client.notifications()
                .retryFailed(RetryFailedNotificationsRequest.newBuilder()
                        .addEmailIds(failed.get(0))
                        .setRequestId(REQUEST)
                        .build());
        herald.awaitDelivery(73);
    }

    private void pause() {
        Instant until = herald.clock().instant().plus(Duration.ofHours(1));
        client.system().pauseDelivery("", until);
        client.system().resumeDelivery("");
        client.system().pauseDelivery(KIND, until);
    }

    private void newSession(long id) {
        Instant now = herald.clock().instant();
        client.directory()
                .upsertSessions(List.of(HeraldFixture.session(id, now, now.plus(Duration.ofHours(1))).toBuilder()
                        .setLocation("Room 7")
                        .build()));
    }
}
