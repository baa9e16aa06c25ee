package dev.herald.server.mail;

import static dev.herald.server.testing.ScriptedSmtpServer.ACCEPT_AND_DROP;
import static dev.herald.server.testing.ScriptedSmtpServer.DRIBBLE;
import static dev.herald.server.testing.ScriptedSmtpServer.DROP;
import static dev.herald.server.testing.ScriptedSmtpServer.HANG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.server.config.Settings;
import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With a relay that takes commands pipelined; {@link LockstepSmtpTransportTest} does the same with one that doesn't. */
@Timeout(60)
class SmtpTransportTest {
    private static final EmailMessage MAIL = TestMails.to("ann@example.org");
    static final SmtpTimeouts PATIENT = timeouts(Duration.ofSeconds(20), Duration.ofSeconds(30));
    static final SmtpTimeouts HASTY = timeouts(Duration.ofMillis(700), Duration.ofSeconds(30));

    final ScriptedSmtpServer server = ScriptedSmtpServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void send_manyMails_goOverOneConnectionWithOneRecipientEach() throws Exception {
        try (MailConnection connection = transport(PATIENT).connect()) {
            for (int i = 1; i <= 50; i++) {
                assertThat(connection
                                .send(TestMails.numbered(i, "s" + i + "@example.org"))
                                .kind())
                        .isEqualTo(Kind.ACCEPTED);
            }
            assertThat(connection.usable()).isTrue();
            assertThat(connection.relay()).isEqualTo("127.0.0.1:" + server.port());
        }
        assertThat(server.connections()).isEqualTo(1);
        assertThat(server.mails())
                .hasSize(50)
                .allSatisfy(mail -> assertThat(mail.to())
                        .isEqualTo(mail.messageId().replaceFirst("<(\\d+)\\..*", "s$1@example.org")));
        assertThat(server.mails().get(0).text()).contains("\r\n.\r\n..dots\r\n");
        assertThat(server.commands()).doesNotContain("NOOP", "RSET");
    }

    @ParameterizedTest
    @CsvSource({
        "MAIL, 451 4.3.0 later, TRANSIENT",
        "MAIL, 550 5.7.1 sender refused, RELAY_TROUBLE",
        "MAIL, 530 5.7.0 login first, RELAY_TROUBLE",
        "MAIL, 421 4.7.0 not now, RELAY_TROUBLE",
        "RCPT, 450 4.2.0 greylisted, TRANSIENT",
        "RCPT, 550 5.1.1 no such user, PERMANENT",
        "DATA, 451 4.3.0 later, TRANSIENT",
        "DATA, 554 5.5.1 no, PERMANENT",
        "DOT, 451 4.3.0 later, TRANSIENT",
        "DOT, 554 5.6.0 not this one, PERMANENT",
        "DOT, 354 what, UNKNOWN"
    })
    void send_refusal_isClassifiedAndNothingElseSuffers(Stage stage, String reply, Kind kind) throws Exception {
        server.replyTimes(1, stage, reply);
        MailTransport transport = transport(PATIENT);
        MailConnection connection = transport.connect();
        DeliveryOutcome outcome = connection.send(MAIL);
        assertThat(outcome.kind()).isEqualTo(kind);
        assertThat(outcome.reply().code()).isEqualTo(Integer.parseInt(reply.substring(0, 3)));
        assertThat(outcome.reply().text()).isEqualTo(reply.substring(4));
        assertThat(connection.usable()).isEqualTo(kind == Kind.TRANSIENT || kind == Kind.PERMANENT);
        MailConnection next = connection.usable() ? connection : transport.connect();
        assertThat(next.send(TestMails.to("ben@example.org")).kind()).isEqualTo(Kind.ACCEPTED);
        assertThat(server.mails())
                .singleElement()
                .satisfies(mail -> assertThat(mail.to()).isEqualTo("ben@example.org"));
    }

    @ParameterizedTest
    @EnumSource(names = {"MAIL", "RCPT", "DATA"})
    void send_dropBeforeTheDot_isANetworkFaultOnceAndThenALostConnection(Stage stage) throws Exception {
        server.replyTimes(1, stage, DROP);
        assertThat(transport(PATIENT).connect().send(MAIL).kind()).isEqualTo(Kind.TRANSIENT);
        MailConnection kept = transport(PATIENT).connect();
        assertThat(kept.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
        server.replyTimes(1, stage, DROP);
        assertThat(kept.send(MAIL).kind()).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(kept.usable()).isFalse();
        assertThat(kept.send(MAIL).kind()).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(server.accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void send_dropAfterTheDot_isUnknown(boolean accept) throws Exception {
        server.replyTimes(1, Stage.DOT, accept ? ACCEPT_AND_DROP : DROP);
        MailConnection connection = transport(PATIENT).connect();
        DeliveryOutcome outcome = connection.send(MAIL);
        assertThat(outcome.kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(outcome.reply().code()).isZero();
        assertThat(connection.usable()).isFalse();
        assertThat(server.accepted()).isEqualTo(accept ? 1 : 0);
    }

    @Test
    void send_idleConnectionClosedByTheRelay_isALostConnection() throws Exception {
        MailConnection connection = transport(PATIENT).connect();
        assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
        server.dropConnections();
        Awaitility.await().until(() -> server.openConnections() == 0);
        assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.CONNECTION_LOST);
    }

    @Test
    void send_closingAfterSomeMails_isALostConnection() throws Exception {
        MailConnection connection = transport(PATIENT).connect();
        assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
        server.replyTimes(1, Stage.MAIL, "421 4.4.2 enough");
        assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.CONNECTION_LOST);
    }

    @Test
    void close_quitAnsweredWithAnError_changesNothing() throws Exception {
        server.reply(Stage.QUIT, "554 no").reply(Stage.RSET, DROP);
        MailConnection connection = transport(PATIENT).connect();
        assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
        connection.close();
        assertThat(connection.usable()).isFalse();
    }

    @Test
    void send_resetFails_keepsTheOutcomeAndEndsTheConnection() throws Exception {
        server.replyTimes(1, Stage.RCPT, "550 5.1.1 no such user").reply(Stage.RSET, DROP);
        MailConnection connection = transport(PATIENT).connect();
        assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.PERMANENT);
        assertThat(connection.usable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"RCPT, TRANSIENT", "DOT, UNKNOWN"})
    void send_hugeGarbageReply_endsTheConnection(Stage stage, Kind kind) throws Exception {
        server.replyTimes(1, stage, "\u0000\u00e9garbage ".repeat(10_000));
        MailConnection connection = transport(PATIENT).connect();
        DeliveryOutcome outcome = connection.send(MAIL);
        assertThat(outcome.kind()).isEqualTo(kind);
        assertThat(outcome.reply().text())
                .contains("garbage")
                .doesNotContain("\u0000")
                .hasSizeLessThanOrEqualTo(500);
        assertThat(connection.usable()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"RCPT, TRANSIENT", "DOT, UNKNOWN"})
    void send_relayFallsSilent_endsAtTheReadTimeOut(Stage stage, Kind kind) throws Exception {
        server.reply(stage, HANG);
        assertThat(transport(HASTY).connect().send(MAIL).kind()).isEqualTo(kind);
    }

    @Test
    void send_relayDribbles_endsAtTheAttemptsDeadline() throws Exception {
        server.reply(Stage.RCPT, DRIBBLE + "250 " + "x".repeat(1_000));
        SmtpTimeouts timeouts = timeouts(Duration.ofSeconds(20), Duration.ofSeconds(1));
        assertThat(transport(timeouts).connect().send(MAIL).kind()).isEqualTo(Kind.TRANSIENT);
    }

    @Test
    void abort_whileARelayIsSilent_endsTheSend() throws Exception {
        server.reply(Stage.DOT, HANG);
        MailConnection connection = transport(PATIENT).connect();
        CompletableFuture<DeliveryOutcome> sending = CompletableFuture.supplyAsync(() -> connection.send(MAIL));
        Awaitility.await().until(() -> server.commands().contains("DATA"));
        connection.abort();
        assertThat(sending.get().kind()).isIn(Kind.UNKNOWN, Kind.TRANSIENT);
    }

    @Test
    void send_internationalLocalPart_needsARelayThatTakesIt() throws Exception {
        EmailMessage mail = TestMails.to("jürgen@example.org");
        MailConnection connection = transport(PATIENT).connect();
        assertThat(connection.send(mail).kind()).isEqualTo(Kind.SMTPUTF8_REQUIRED);
        assertThat(connection.usable()).isTrue();
        assertThat(server.commands()).noneMatch(command -> command.startsWith("MAIL"));
        server.announce("8BITMIME", "SMTPUTF8");
        MailConnection able = transport(PATIENT).connect();
        assertThat(able.send(mail).kind()).isEqualTo(Kind.ACCEPTED);
        assertThat(able.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
        assertThat(server.mails().get(0).to()).isEqualTo("jürgen@example.org");
        assertThat(server.commands())
                .contains("MAIL FROM:<no-reply@example.org> SMTPUTF8", "MAIL FROM:<no-reply@example.org>");
    }

    static SmtpTimeouts timeouts(Duration read, Duration attempt) {
        return new SmtpTimeouts(Duration.ofSeconds(10), read, Duration.ofSeconds(20), attempt);
    }

    @Test
    void send_naughtyStrings_arriveWholeAndWithNothingElse() throws Exception {
        String[] strings =
                new ObjectMapper().readValue(Corpora.file("blns/blns.json").toFile(), String[].class);
        int sent = 0;
        try (MailConnection connection = transport(PATIENT).connect()) {
            for (String string : strings) {
                if (HeaderText.fault(string).isEmpty()) {
                    assertThat(connection.send(naughty(++sent, string)).kind()).isEqualTo(Kind.ACCEPTED);
                }
            }
        }
        assertThat(server.mails())
                .hasSize(sent)
                .allSatisfy(mail -> assertThat(mail.to()).isEqualTo("ann@example.org"));
        Awaitility.await().until(() -> server.commands().contains("QUIT"));
        assertThat(server.commands()).hasSize(3 * sent + 2);
        assertThat(server.connections()).isEqualTo(1);
    }

    private static EmailMessage naughty(int number, String string) {
        return new EmailMessage(
                number + ".1@example.org",
                Mailbox.parse("no-reply@example.org"),
                Mailbox.named(MailAddress.parse("ann@example.org"), string),
                string,
                string,
                "<p></p>",
                Instant.EPOCH);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@b.c\" <evil@example.org>, \"",
                "Ann <evil@example.org>",
                "=?UTF-8?Q?=0D=0ABcc:_evil@example.org?=",
                "\u202Egro.elpmaxe@live",
                "a, evil@example.org;"
            })
    void send_poisonedName_hasOneRecipientAndOneMailbox(String name) throws Exception {
        try (MailConnection connection = transport(PATIENT).connect()) {
            assertThat(connection.send(naughty(1, name)).kind()).isEqualTo(Kind.ACCEPTED);
        }
        assertThat(server.commands())
                .filteredOn(command -> command.startsWith("RCPT"))
                .containsExactly("RCPT TO:<ann@example.org>");
        assertThat(InternetAddress.parseHeader(server.mails().get(0).header("To"), true))
                .singleElement()
                .satisfies(to -> assertThat(to.getAddress()).isEqualTo("ann@example.org"));
        assertThat(server.mails().get(0).header("Bcc")).isEmpty();
    }

    private MailTransport transport(SmtpTimeouts timeouts) {
        return transport(timeouts, "127.0.0.1:" + server.port());
    }

    static MailTransport transport(SmtpTimeouts timeouts, String host) {
        Map<String, String> environment =
                Map.of("EMAIL_HOST", host, "EMAIL_USE_TLS", "off", "DEFAULT_FROM_EMAIL", "no-reply@example.org");
        MailConfig config = MailConfig.from(Settings.of(environment, Map.of()));
        return new SmtpTransport(
                config, config.relays().get(0), (SSLSocketFactory) SSLSocketFactory.getDefault(), timeouts);
    }
}
