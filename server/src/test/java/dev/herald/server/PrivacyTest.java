package dev.herald.server;

import static dev.herald.server.testing.HeraldFixture.SESSION_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.client.HeraldClient;
import dev.herald.client.ServiceCallException;
import dev.herald.server.testing.DatabaseDump;
import dev.herald.server.testing.HeraldFixture;
import dev.herald.server.testing.MemorySpans;
import dev.herald.server.testing.RawCall;
import dev.herald.server.testing.Rows;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TelemetryScan;
import dev.herald.v1.Freshness;
import dev.herald.v1.SessionDelivery;
import io.grpc.ManagedChannel;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A whole run with everything that may go wrong, and then: what do the log, the spans, the metrics and the database know? */
class PrivacyTest {
    private static final Pattern LINK = Pattern.compile("token=([\\w-]+\\.[\\w-]+\\.[\\w-]+)");
    private static final Pattern THREE_PARTS = Pattern.compile("[\\w-]{10,}\\.[\\w-]{10,}\\.[\\w-]{10,}");
    private static final Pattern ADDRESS = Pattern.compile("[\\w.+-]+@(?:campus|poison)\\.example");
    private static final TelemetryScan scan = TelemetryScan.start();
    private static final List<String> tokens = new ArrayList<>();
    private static HeraldFixture herald;
    private static HeraldClient client;

    @BeforeAll
    static void run() throws Exception {
        herald = HeraldFixture.start(MemorySpans.SETTINGS);
        client = herald.admin();
        deliverWithRefusalsThatEchoEverything();
        retryWhatFailed();
        collectTokens();
        useTokens();
        makeBadCalls();
        makeFaults();
    }

    @AfterAll
    static void stop() {
        herald.close();
        scan.close();
    }

    @Test
    void log_ofTheWholeRun_holdsNoTokenNoKeyAndNoAddress() {
        assertThat(scan.log()).hasSizeGreaterThan(10).anyMatch(line -> line.contains("fault "));
        assertHoldNothing(scan.log());
    }

    @Test
    void spans_ofTheWholeRun_holdNoTokenNoKeyAndNoAddress() {
        assertThat(scan.spans())
                .hasSizeGreaterThan(100)
                .anyMatch(span -> span.contains("deliver attendance_session") && span.contains("250"))
                .anyMatch(span -> span.contains("recipient_rejected"))
                .anyMatch(span -> span.contains("UNAUTHENTICATED"));
        assertHoldNothing(scan.spans());
    }

    @Test
    void metrics_ofTheWholeRun_holdNoTokenNoKeyNoAddressAndNoId() {
        assertThat(scan.metrics(herald))
                .hasSizeGreaterThan(100)
                .anyMatch(line -> line.startsWith("herald_token_verdicts_total") && line.contains("BAD_SIGNATURE"))
                .noneMatch(line -> line.matches(".*\\b4711\\b.*"));
        assertHoldNothing(scan.metrics(herald));
    }

    private static void assertHoldNothing(List<String> lines) {
        assertThat(tokens).hasSizeGreaterThan(8);
        assertThat(lines).allSatisfy(line -> {
            assertThat(line).doesNotContain(HeraldFixture.SIGNING_KEY, HeraldFixture.CALLER_KEY);
            assertThat(LINK.matcher(line).find()).isFalse();
            assertThat(THREE_PARTS
                            .matcher(line)
                            .results()
                            .filter(found -> found.group().startsWith("eyJ")))
                    .isEmpty();
            assertThat(personal(line)).isEmpty();
            for (String token : tokens) {
                assertThat(line).doesNotContain(token, signature(token));
            }
        });
    }

    @Test
    void database_afterTheWholeRun_holdsNoUsableTokenNoKeyAndNoAddressButTheUsers() {
        String everything = String.join("\n", dump());
        assertThat(everything).contains("Compilers", "student1@campus.example");
        assertThat(everything).doesNotContain(HeraldFixture.SIGNING_KEY, HeraldFixture.CALLER_KEY);
        for (String token : tokens) {
            assertThat(everything).doesNotContain(token, signature(token));
        }
        Matcher candidate = THREE_PARTS.matcher(everything);
        while (candidate.find()) {
            assertThat(client.tokens().validate(candidate.group()).getValid()).isFalse();
        }
        assertThat(dump())
                .filteredOn(row -> !row.startsWith("users|"))
                .allSatisfy(row -> assertThat(personal(row)).isEmpty());
        assertThat(dump()).anyMatch(row -> row.startsWith("delivery_attempts|") && row.contains("550"));
    }

    private static void deliverWithRefusalsThatEchoEverything() {
        ScriptedSmtpServer relay = herald.relay();
        relay.reply(Stage.RCPT, PrivacyTest::refusal);
        relay.reply(Stage.DOT, PrivacyTest::refusalOfTheMessage);
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
            case "student2" -> "550 5.1.1 <" + to + "> user unknown; " + to.toUpperCase(java.util.Locale.ROOT);
            case "student3" -> "550-5.1.1 \"student3\" (" + to + ")\r\n550 5.1.1 mailto:" + to;
            case "student4" -> "451 4.7.1 <" + to + ">: greylisted";
            default -> null;
        };
    }

    private static String refusalOfTheMessage(String to) {
        return switch (to.substring(0, to.indexOf('@'))) {
            case "student5" -> "554 5.7.1 spam to " + to + ": https://attendance.campus.example/mark?token=" + token(5);
            case "student6" -> "451 4.3.0 will look at " + token(6) + " for <" + to + "> later";
            default -> null;
        };
    }

    private static String token(long student) {
        return Rows.token(
                herald,
                herald.number("SELECT email_id FROM email_notifications WHERE student_profile_id = " + student));
    }

    private static void retryWhatFailed() {
        List<Long> failed = client.notifications().sessionDelivery(SESSION_ID).getFailedEmailIdsList();
        client.notifications().retryFailed(failed);
        assertThat(herald.awaitDelivery(SESSION_ID).getSent()).isEqualTo(10);
    }

    private static void collectTokens() throws Exception {
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

    private static void useTokens() {
        for (String token : List.copyOf(tokens)) {
            assertThat(client.tokens().validate(token).getValid()).isTrue();
            client.tokens().validate(token, Freshness.FRESHNESS_CACHED);
            client.tokens().decode(token);
            client.tokens().validate(token + "x");
            client.tokens().validate(token.substring(0, token.length() - 2));
            refused(() -> client.tokens().decode(token.replace('.', ',')));
            client.tokens().consume(token.substring(1), "one");
        }
        client.tokens().consume(tokens.get(0), "one");
        client.tokens().consume(tokens.get(0), "two");
        client.tokens().revokeTokens(List.of(tokens.get(1), "garbage"));
        // With everything else as it is these still open something, which the database must not.
        assertThat(client.tokens().validate(tokens.get(4)).getValid()).isTrue();
    }

    private static void makeBadCalls() {
        refused(() -> client.notifications().get(4711));
        refused(() -> client.notifications().generateForSession(4711));
        refused(() -> client.directory().upsertUsers(List.of(HeraldFixture.user(50, "not an address@poison.example"))));
        refused(() -> client.directory().upsertUsers(List.of(HeraldFixture.user(50, "a@poison.example\r\nx"))));
        refused(() -> client.directory().upsertStudents(List.of(HeraldFixture.student(4711))));
        refused(() -> client.notifications()
                .listPage(dev.herald.v1.ListNotificationsRequest.newBuilder()
                        .setPageToken(tokens.get(2))
                        .build()));
        ManagedChannel channel = herald.channel();
        String method = "herald.v1.NotificationService/GetNotification";
        for (String value : List.of("Bearer " + tokens.get(2), tokens.get(3), "Basic dXNlcjpwYXNz")) {
            RawCall.toItsEnd(channel, method, RawCall.authorization(value), List.of(new byte[0]));
            byte[] bytes =
                    (tokens.get(2) + "student1@campus.example").getBytes(java.nio.charset.StandardCharsets.UTF_8);
            String bearer = "Bearer " + HeraldFixture.bearer(dev.herald.server.rpc.Role.ADMIN);
            RawCall.toItsEnd(channel, method, RawCall.authorization(bearer), List.of(bytes));
        }
    }

    /** A database that refuses rows would quote them. */
    private static void makeFaults() {
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

    private static List<String> dump() {
        return DatabaseDump.of(herald.url());
    }

    /** The addresses in a text, but for the server's own. */
    private static List<String> personal(String text) {
        return ADDRESS.matcher(text.toLowerCase(java.util.Locale.ROOT))
                .results()
                .map(found -> found.group())
                .filter(address -> !address.equals("attendance@campus.example"))
                .toList();
    }

    private static String signature(String token) {
        return token.substring(token.lastIndexOf('.') + 1);
    }
}
