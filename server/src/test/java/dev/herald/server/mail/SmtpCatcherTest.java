package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.config.Settings;
import dev.herald.server.mail.DeliveryOutcome.Kind;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.subethamail.smtp.server.SMTPServer;

/** Against an SMTP server that others wrote. */
class SmtpCatcherTest {
    private final List<byte[]> caught = Collections.synchronizedList(new ArrayList<>());

    @Test
    void send_renderedMail_isReadBackByAnotherServer() throws Exception {
        SMTPServer server = SMTPServer.port(0)
                .messageHandler((context, from, to, data) -> caught.add(data))
                .build();
        server.start();
        try (MailConnection connection = transport(server.getPortAllocated()).connect()) {
            assertThat(connection.send(TestMails.to("ann@example.org")).kind()).isEqualTo(Kind.ACCEPTED);
            assertThat(connection.send(TestMails.to("jürgen@example.org")).kind())
                    .isIn(Kind.ACCEPTED, Kind.SMTPUTF8_REQUIRED);
        } finally {
            server.stop();
        }
        MimeMessage mail =
                new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(caught.get(0)));
        assertThat(mail.getMessageID()).isEqualTo("<1.1@example.org>");
        assertThat(((MimeMultipart) mail.getContent()).getBodyPart(0).getContent())
                .isEqualTo("Hello\r\n.\r\n..dots\r\n");
    }

    private static MailTransport transport(int port) {
        return MailTransport.of(MailConfig.from(Settings.of(
                        Map.of(
                                "EMAIL_HOST", "127.0.0.1:" + port,
                                "EMAIL_USE_TLS", "off",
                                "DEFAULT_FROM_EMAIL", "no-reply@example.org"),
                        Map.of())))
                .get(0);
    }
}
