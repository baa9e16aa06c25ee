package dev.herald.server.mail;

import static dev.herald.server.testing.ScriptedSmtpServer.DROP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire when the next mail is known (RFC 2920), and what becomes of that one when something fails. */
@Timeout(60)
class PipeliningTest {
    private static final EmailMessage ANN = TestMails.numbered(1, "ann@example.org");
    private static final EmailMessage BEN = TestMails.numbered(2, "ben@example.org");
    private static final EmailMessage CAT = TestMails.numbered(3, "cat@example.org");
    private static final String BENS_ENVELOPE =
            "MAIL FROM:<no-reply@example.org>\r\nRCPT TO:<ben@example.org>\r\nDATA\r\n";

    private final ScriptedSmtpServer server = ScriptedSmtpServer.start().recordFlights();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void send_nextIsKnown_itsEnvelopeComesInTheSameFlight() throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        assertThat(server.flights()).last().asString().startsWith("Date: ").endsWith("\r\n.\r\n" + BENS_ENVELOPE);
    }

    @Test
    void send_nextIsKnown_noneOfItsContentComesBeforeItIsSent() throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        Awaitility.await().until(() -> server.commands().lastIndexOf("DATA") > 3);
        assertThat(String.join("", server.flights()))
                .contains("Message-ID: <1.1@")
                .doesNotContain("Message-ID: <2.1@");
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(server.flights())
                .last()
                .asString()
                .contains("Message-ID: <2.1@")
                .endsWith("\r\n.\r\n");
        assertThat(arrived()).containsExactly("ann@example.org", "ben@example.org");
    }

    @Test
    void send_manyMails_takeOneFlightEach() throws Exception {
        List<EmailMessage> mails = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> TestMails.numbered(i, "s" + i + "@example.org"))
                .toList();
        try (MailConnection connection = connect()) {
            for (int i = 0; i < 20; i++) {
                assertThat(kind(connection, mails.get(i), i < 19 ? mails.get(i + 1) : null))
                        .isEqualTo(Kind.ACCEPTED);
            }
        }
        Awaitility.await().until(() -> server.commands().contains("QUIT"));
        // EHLO, the first envelope, the contents, QUIT.
        assertThat(server.flights()).hasSize(1 + 1 + 20 + 1);
        assertThat(server.mails())
                .allSatisfy(mail -> assertThat(mail.to())
                        .isEqualTo(mail.messageId().replaceFirst("<(\\d+)\\..*", "s$1@example.org")))
                .hasSize(20);
    }

    @Test
    void send_pipeliningNotOffered_eachCommandWaitsForItsReply() throws Exception {
        server.announce("8BITMIME");
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(server.flights())
                .hasSize(1 + 2 * 4)
                .allSatisfy(flight ->
                        assertThat(flight.split("\r\n(?=MAIL|RCPT|DATA)")).hasSize(1));
    }

    @ParameterizedTest
    @CsvSource({
        "MAIL, 451 4.3.0 later, TRANSIENT",
        "RCPT, 450 4.2.0 greylisted, TRANSIENT",
        "RCPT, 550 5.1.1 no such user, PERMANENT",
        "DATA, 451 4.3.0 later, TRANSIENT",
        "DATA, 554 5.5.1 no, PERMANENT",
        "DOT, 451 4.3.0 later, TRANSIENT",
        "DOT, 554 5.6.0 not this one, PERMANENT"
    })
    void send_announcedMailIsRefused_theOthersGoOnOverTheConnection(Stage stage, String reply, Kind kind)
            throws Exception {
        server.reply(stage, argument -> turn(2, stage) ? reply : null);
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        DeliveryOutcome refused = connection.send(BEN, CAT);
        assertThat(refused.kind()).isEqualTo(kind);
        assertThat(refused.reply().text()).isEqualTo(reply.substring(4));
        assertThat(kind(connection, CAT, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(server.connections()).isEqualTo(1);
        assertThat(arrived()).containsExactly("ann@example.org", "cat@example.org");
    }

    /** Whether it is the so-manieth mail's turn at a stage; the command itself is counted already. */
    private boolean turn(int number, Stage stage) {
        String command = stage == Stage.DOT ? "DATA" : stage.name();
        return server.commands().stream()
                        .filter(line -> line.startsWith(command))
                        .count()
                == number;
    }

    @ParameterizedTest
    @CsvSource({"451 4.3.0 later, TRANSIENT", "554 5.6.0 not this one, PERMANENT"})
    void send_dotRefused_theAnnouncedEnvelopeStillStands(String reply, Kind kind) throws Exception {
        server.replyTimes(1, Stage.DOT, reply);
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(kind);
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(arrived()).containsExactly("ben@example.org");
        assertThat(server.commands()).hasSize(1 + 2 * 3);
    }

    @Test
    void send_recipientRefusedButGoAheadGiven_aLoneDotEndsItAndIsNoDelivery() throws Exception {
        server.replyTimes(1, Stage.RCPT, "550 5.1.1 no such user").replyTimes(1, Stage.DATA, "354 go ahead");
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.PERMANENT);
        assertThat(server.mails()).singleElement().satisfies(mail -> {
            assertThat(mail.recipients()).isEmpty();
            assertThat(mail.data()).isEmpty();
        });
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(server.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"421 4.3.0 bye", "nonsense", DROP})
    void send_loneDotIsNotAnswered_theRefusalStands(String answer) throws Exception {
        server.replyTimes(1, Stage.RCPT, "550 5.1.1 no such user").reply(Stage.DATA, "354 go ahead");
        server.reply(Stage.DOT, answer);
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.PERMANENT);
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.CONNECTION_LOST);
    }

    @Test
    void send_senderRefusedButRecipientTaken_nobodyGetsAnEmptyMail() throws Exception {
        server.reply(Stage.MAIL, "451 4.3.0 later").reply(Stage.RCPT, "250 2.1.5 ok");
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.TRANSIENT);
        assertThat(connection.usable()).isFalse();
        Awaitility.await().until(() -> server.openConnections() == 0);
        assertThat(server.accepted()).isZero();
        assertThat(server.flights()).doesNotContain(".\r\n");
    }

    @Test
    void send_closingAsAnswerToTheDot_theAnnouncedMailIsNotCharged() throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        server.reply(Stage.DOT, "421 4.3.2 closing");
        assertThat(kind(connection, BEN, CAT)).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(connection.usable()).isFalse();
        assertThat(kind(connection, CAT, null)).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(server.accepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("ends")
    void send_connectionDiesBehindTheDotsReply_acceptedStaysAcceptedAndTheNextIsNotCharged(Stage stage, String end)
            throws Exception {
        server.reply(stage, argument -> turn(2, stage) ? end : null);
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(connection.usable()).isFalse();
        assertThat(arrived()).containsExactly("ann@example.org");
    }

    static Stream<Arguments> ends() {
        return Stream.of(Stage.MAIL, Stage.RCPT, Stage.DATA)
                .flatMap(stage -> Stream.of(Arguments.of(stage, DROP), Arguments.of(stage, "421 4.3.2 closing")));
    }

    @Test
    void send_anotherMailThanAnnounced_isNotSentAndEndsTheConnection() throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        assertThat(kind(connection, CAT, null)).isEqualTo(Kind.CONNECTION_LOST);
        assertThat(connection.usable()).isFalse();
        Awaitility.await().until(() -> server.openConnections() == 0);
        assertThat(arrived()).containsExactly("ann@example.org");
        assertThat(String.join("", server.flights())).doesNotContain("cat@", "<3.1@");
    }

    @Test
    void close_announcedMailWasNotSent_cutsWithoutAWord() throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        connection.close();
        Awaitility.await().until(() -> server.openConnections() == 0);
        assertThat(arrived()).containsExactly("ann@example.org");
        assertThat(String.join("", server.flights())).doesNotContain("QUIT");
    }

    @Test
    void send_nextNeedsMoreThanTheRelayOffers_isNotAnnounced() throws Exception {
        EmailMessage international = TestMails.to("jürgen@example.org");
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, international)).isEqualTo(Kind.ACCEPTED);
        assertThat(kind(connection, international, BEN)).isEqualTo(Kind.SMTPUTF8_REQUIRED);
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(arrived()).containsExactly("ann@example.org", "ben@example.org");
    }

    @Test
    void send_nextNeedsWhatTheRelayOffers_isAnnouncedAsSuch() throws Exception {
        server.announce("PIPELINING", "8BITMIME", "SMTPUTF8");
        EmailMessage international = TestMails.to("jürgen@example.org");
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, international)).isEqualTo(Kind.ACCEPTED);
        assertThat(kind(connection, international, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(server.commands()).contains("MAIL FROM:<no-reply@example.org> SMTPUTF8");
        assertThat(arrived()).containsExactly("ann@example.org", "jürgen@example.org");
    }

    @ParameterizedTest
    @CsvSource({"250 2.0.0 queued, TRANSIENT", "nonsense, TRANSIENT", "421 4.4.2 timed out, CONNECTION_LOST"})
    void send_relaySaysMoreThanAsked_theContentStaysHere(String more, Kind kind) throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, null)).isEqualTo(Kind.ACCEPTED);
        server.reply(Stage.DATA, "354 go ahead\r\n" + more);
        assertThat(kind(connection, BEN, null)).isEqualTo(kind);
        assertThat(connection.usable()).isFalse();
        assertThat(String.join("", server.flights())).doesNotContain("Message-ID: <2.1@");
    }

    @Test
    void send_relayWentWhileTheAnnouncedMailWasWaitedFor_isALostConnection() throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        Awaitility.await().until(() -> server.commands().lastIndexOf("DATA") > 3);
        server.dropConnections();
        Awaitility.await().pollDelay(Duration.ofMillis(150)).until(() -> server.openConnections() == 0);
        assertThat(kind(connection, BEN, null)).isEqualTo(Kind.CONNECTION_LOST);
    }

    @Test
    void send_announcedMailComesLate_isTakenAllTheSame() throws Exception {
        MailConnection connection = connect();
        assertThat(kind(connection, ANN, BEN)).isEqualTo(Kind.ACCEPTED);
        Awaitility.await().pollDelay(Duration.ofMillis(150)).until(connection::usable);
        assertThat(kind(connection, BEN, CAT)).isEqualTo(Kind.ACCEPTED);
        assertThat(arrived()).containsExactly("ann@example.org", "ben@example.org");
        assertThat(kind(connection, CAT, null)).isEqualTo(Kind.ACCEPTED);
        assertThat(arrived()).containsExactly("ann@example.org", "ben@example.org", "cat@example.org");
    }

    private MailConnection connect() throws Exception {
        return SmtpTransportTest.transport(SmtpTransportTest.PATIENT, "127.0.0.1:" + server.port())
                .connect();
    }

    private static Kind kind(MailConnection connection, EmailMessage mail, @Nullable EmailMessage next) {
        return connection.send(mail, next).kind();
    }

    private List<String> arrived() {
        return server.mails().stream().map(Received::to).toList();
    }
}
