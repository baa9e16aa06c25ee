package dev.herald.server.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.server.testing.MailHeaders;
import dev.herald.server.testing.ScriptedSmtpServer.Received;
import jakarta.mail.Header;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A mail as its reader's program takes it apart, and what the relay was told about it. */
record SeenMail(Received received, MimeMessage mail, List<String> commands) {
    private static final Pattern LINK = Pattern.compile("(?:href|src|action)\\s*=\\s*[\"']?([^\"'\\s>]+)");
    private static final String OURS = "https://attendance.campus.example/mark?token=";
    private static final Pattern BIDI_CONTROLS =
            Pattern.compile("[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]");
    private static final Pattern TAG = Pattern.compile("<[^>]*>");

    static SeenMail only(Scene scene) throws Exception {
        assertThat(scene.mails()).hasSize(1);
        Received received = scene.mails().get(0);
        MimeMessage mail =
                new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(received.data()));
        return new SeenMail(received, mail, scene.commands());
    }

    /** One recipient on the wire, one in the header, each header once. */
    void assertSentTo(String address, String name) throws Exception {
        assertThat(received.to()).isEqualTo(address);
        assertThat(commands.stream().filter(command -> command.startsWith("RCPT")))
                .hasSize(1);
        assertThat(Collections.list(mail.getAllHeaders()))
                .extracting(Header::getName)
                .containsExactlyInAnyOrderElementsOf(MailHeaders.NAMES);
        assertThat(mail.getAllRecipients()).hasSize(1);
        InternetAddress to = (InternetAddress) mail.getAllRecipients()[0];
        assertThat(to.getAddress()).isEqualTo(address);
        assertThat(to.getPersonal())
                .isEqualTo(BIDI_CONTROLS.matcher(name).replaceAll("").strip());
    }

    /** Exactly the text, in every place it belongs to, and nothing it could have been taken for. */
    void assertShows(String text) throws Exception {
        assertThat(mail.getSubject()).isEqualTo("Attendance Session Created: " + text);
        MimeMultipart parts = (MimeMultipart) mail.getContent();
        assertThat(parts.getCount()).isEqualTo(2);
        assertThat(((String) parts.getBodyPart(0).getContent()).split("\r\n"))
                .contains("Hi " + text + ",", "Course: " + text + " (CS401)");
        String html = (String) parts.getBodyPart(1).getContent();
        assertThat(tags(html)).hasSameSizeAs(tags(template()));
        assertThat(tags(html).stream()
                        .flatMap(tag -> LINK.matcher(tag).results().map(link -> link.group(1))))
                .hasSize(2)
                .allMatch(link -> link.startsWith(OURS));
    }

    private static List<String> tags(String html) {
        return TAG.matcher(html).results().map(MatchResult::group).toList();
    }

    private static String template() throws IOException {
        try (InputStream file = SeenMail.class.getResourceAsStream("/templates/attendance_session/body.html")) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
