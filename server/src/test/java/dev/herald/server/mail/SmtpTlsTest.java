package dev.herald.server.mail;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.config.Secret;
import dev.herald.server.config.Settings;
import dev.herald.server.mail.DeliveryOutcome.Kind;
import dev.herald.server.testing.ScriptedSmtpServer;
import dev.herald.server.testing.ScriptedSmtpServer.Stage;
import dev.herald.server.testing.TestCertificate;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SmtpTlsTest {
    private static final TestCertificate RIGHT = TestCertificate.forNames("dns:localhost", "ip:127.0.0.1");
    private static final EmailMessage MAIL = TestMails.to("ann@example.org");

    @Test
    void connect_startTls_logsInAndSendsBehindTls() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithStartTls(RIGHT.serverContext())) {
            server.announce("AUTH PLAIN LOGIN", "8BITMIME");
            try (MailConnection connection =
                    login(server, RIGHT.trustingFactory(), Map.of()).connect()) {
                assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
            }
            assertThat(server.commands().get(1)).isEqualTo("STARTTLS");
            assertThat(server.commands()).anyMatch(command -> command.startsWith("AUTH "));
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @Test
    void connect_implicitTls_logsInAndSends() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithImplicitTls(RIGHT.serverContext())) {
            server.announce("AUTH LOGIN");
            Map<String, String> ssl = Map.of("EMAIL_USE_SSL", "on", "EMAIL_USE_TLS", "off");
            try (MailConnection connection =
                    login(server, RIGHT.trustingFactory(), ssl).connect()) {
                assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
            }
            assertThat(server.accepted()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void send_nextIsKnownBehindTls_itsEnvelopeComesInTheSameFlight(boolean implicit) throws Exception {
        try (ScriptedSmtpServer server = implicit
                ? ScriptedSmtpServer.startWithImplicitTls(RIGHT.serverContext())
                : ScriptedSmtpServer.startWithStartTls(RIGHT.serverContext())) {
            server.announce("PIPELINING", "AUTH LOGIN").recordFlights();
            Map<String, String> ssl = implicit ? Map.of("EMAIL_USE_SSL", "on", "EMAIL_USE_TLS", "off") : Map.of();
            try (MailConnection connection =
                    login(server, RIGHT.trustingFactory(), ssl).connect()) {
                EmailMessage next = TestMails.to("ben@example.org");
                assertThat(connection.send(MAIL, next).kind()).isEqualTo(Kind.ACCEPTED);
                Awaitility.await().pollDelay(Duration.ofMillis(150)).until(connection::usable);
                assertThat(connection.send(next).kind()).isEqualTo(Kind.ACCEPTED);
            }
            assertThat(server.flights())
                    .anySatisfy(
                            flight -> assertThat(flight)
                                    .startsWith("Date: ")
                                    .endsWith(
                                            "\r\n.\r\nMAIL FROM:<no-reply@example.org>\r\nRCPT TO:<ben@example.org>\r\nDATA\r\n"));
            assertThat(server.accepted()).isEqualTo(2);
        }
    }

    @Test
    void connect_startTlsNotOffered_sendsNothingInClear() {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.start()) {
            server.announce("AUTH PLAIN LOGIN");
            assertRefused(server, RIGHT.trustingFactory());
        }
    }

    @Test
    void connect_startTlsRefused_sendsNothingInClear() {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithStartTls(RIGHT.serverContext())) {
            server.announce("AUTH PLAIN LOGIN").reply(Stage.STARTTLS, "454 4.7.0 TLS not available");
            assertRefused(server, RIGHT.trustingFactory());
        }
    }

    @Test
    void connect_badCertificate_sendsNothing() {
        TestCertificate expired = TestCertificate.expired("dns:localhost", "ip:127.0.0.1");
        TestCertificate otherName = TestCertificate.forNames("dns:relay.example.org");
        assertCertificateRefused(expired, expired.trustingFactory());
        assertCertificateRefused(otherName, otherName.trustingFactory());
        assertCertificateRefused(RIGHT, (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private static void assertCertificateRefused(TestCertificate certificate, SSLSocketFactory trust) {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithStartTls(certificate.serverContext())) {
            server.announce("AUTH PLAIN LOGIN");
            assertRefused(server, trust);
        }
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithImplicitTls(certificate.serverContext())) {
            MailTransport transport = login(server, trust, Map.of("EMAIL_USE_SSL", "on", "EMAIL_USE_TLS", "off"));
            assertThatThrownBy(transport::connect).isInstanceOf(RelayUnavailableException.class);
            assertThat(server.commands()).isEmpty();
        }
    }

    @Test
    void connect_plaintextBehindTheGoAhead_isNotTakenForAnAnswer() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithStartTls(RIGHT.serverContext())) {
            server.announce("AUTH PLAIN LOGIN");
            server.reply(Stage.STARTTLS, "220 2.0.0 go ahead\r\n250-injected\r\n250 SMTPUTF8");
            try (MailConnection connection =
                    login(server, RIGHT.trustingFactory(), Map.of()).connect()) {
                assertThat(connection.send(TestMails.to("jürgen@example.org")).kind())
                        .isEqualTo(Kind.SMTPUTF8_REQUIRED);
                assertThat(connection.send(MAIL).kind()).isEqualTo(Kind.ACCEPTED);
            } catch (RelayUnavailableException e) {
                assertThat(server.commands()).noneMatch(command -> command.startsWith("AUTH"));
            }
        }
    }

    @Test
    void connect_loginRefused_isUnavailableAndDoesNotTellThePassword() {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithStartTls(RIGHT.serverContext())) {
            server.announce("AUTH PLAIN").reply(Stage.AUTH, "535 5.7.8 bad login for herald@example.org");
            assertThatThrownBy(() ->
                            login(server, RIGHT.trustingFactory(), Map.of()).connect())
                    .isInstanceOfSatisfying(RelayUnavailableException.class, e -> {
                        assertThat(e.reply()).isEqualTo(new RelayReply(535, "5.7.8", "5.7.8 bad login for ***"));
                        assertThat(e.getMessage()).doesNotContain("hunter2");
                    });
        }
    }

    @Test
    void connect_afterThePasswordWasRenewed_logsInWithTheNewOne() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.startWithStartTls(RIGHT.serverContext())) {
            server.announce("AUTH PLAIN");
            MailConfig config = config(server, Map.of());
            MailTransport transport = transport(config, RIGHT.trustingFactory());
            transport.connect().close();
            config.password().orElseThrow().renew(new Secret("hunter3"));
            transport.connect().close();
            assertThat(server.commands())
                    .filteredOn(command -> command.startsWith("AUTH PLAIN "))
                    .extracting(command -> new String(Base64.getDecoder().decode(command.substring(11)), UTF_8))
                    .extracting(login -> login.substring(login.lastIndexOf('\0') + 1))
                    .containsExactly("hunter2", "hunter3");
        }
    }

    private static void assertRefused(ScriptedSmtpServer server, SSLSocketFactory trust) {
        assertThatThrownBy(() -> login(server, trust, Map.of()).connect())
                .isInstanceOf(RelayUnavailableException.class);
        assertThat(server.commands()).noneMatch(command -> command.matches("(?i)(AUTH|MAIL).*"));
    }

    private static MailTransport login(ScriptedSmtpServer server, SSLSocketFactory trust, Map<String, String> more) {
        return transport(config(server, more), trust);
    }

    private static MailConfig config(ScriptedSmtpServer server, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "EMAIL_HOST", "127.0.0.1:" + server.port(),
                "EMAIL_HOST_USER", "herald@example.org",
                "EMAIL_HOST_PASSWORD", "hunter2",
                "DEFAULT_FROM_EMAIL", "no-reply@example.org"));
        environment.putAll(more);
        return MailConfig.from(Settings.of(environment, Map.of()));
    }

    private static MailTransport transport(MailConfig config, SSLSocketFactory trust) {
        return new SmtpTransport(
                config,
                config.relays().get(0),
                trust,
                SmtpTransportTest.timeouts(Duration.ofSeconds(20), Duration.ofSeconds(30)));
    }
}
