package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.mail.BodyPart;
import jakarta.mail.Message;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MimeWriterTest {
    private static final List<String> HEADERS =
            List.of("Date", "From", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type", "Auto-Submitted");

    /** An empty one, and those with a control character or a line end. */
    private static final int REFUSED_NAUGHTY_STRINGS = 8;

    private final MimeWriter writer = new MimeWriter();

    @Test
    void write_mail_hasEachHeaderOnce() throws Exception {
        MimeMessage mail = read(writer.write(mail("Ann", "Algebra", "text")));
        assertThat(names(mail)).containsExactlyInAnyOrderElementsOf(HEADERS);
        assertThat(mail.getMessageID()).isEqualTo("<12.1@example.org>");
        assertThat(mail.getHeader("Date", null)).isEqualTo("Sat, 25 Oct 2025 03:30:00 +0000");
        assertThat(mail.getHeader("Auto-Submitted", null)).isEqualTo("auto-generated");
        assertThat(mail.getContentType()).startsWith("multipart/alternative");
        assertThat(part(mail, 0).getContentType()).isEqualTo("text/plain; charset=UTF-8");
        assertThat(part(mail, 1).getContentType()).isEqualTo("text/html; charset=UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\rb\r\nc", "ünï\rcode\n", ".\n..\n.\r\n", "😀\u0000"})
    void write_anyLineEnds_becomeCrLfOnly(String text) {
        assertOnlyCrLf(writer.write(mail("Ann", "Algebra", text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "😀", "x "})
    void write_longLine_isBroken(String repeated) throws Exception {
        byte[] octets = writer.write(mail("Ann", "Algebra", repeated.repeat(5_000)));
        assertThat(new String(octets, StandardCharsets.ISO_8859_1).split("\r\n"))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(998));
        assertThat(text(read(octets), 0).strip())
                .isEqualTo(repeated.repeat(5_000).strip());
    }

    @Test
    void write_internationalLocalPart_standsInToAsUtf8() throws Exception {
        EmailMessage mail = mail(Mailbox.of(MailAddress.parse("jürgen@example.org")), "Algebra", "text");
        assertThat(new String(writer.write(mail), StandardCharsets.UTF_8)).contains("To: jürgen@example.org\r\n");
    }

    @Test
    void newMessage_lineEndInAHeader_isRefused() {
        assertThatThrownBy(() -> mail("Ann\r\nBcc: x@example.org", "Algebra", ""))
                .isInstanceOf(MessageFaultException.class)
                .hasMessage("recipient: HEADER_INJECTION");
        assertThatThrownBy(() -> mail("Ann", "Algebra\u2028", "")).hasMessage("subject: HEADER_INJECTION");
        assertThatThrownBy(() -> new EmailMessage("1.1@x>\r\nBcc: <y", sender(), sender(), "", "", "", Instant.EPOCH))
                .hasMessage("message_id: MALFORMED");
    }

    @Test
    void write_naughtyStrings_readBackExactly() throws Exception {
        String[] strings =
                new ObjectMapper().readValue(Corpora.file("blns/blns.json").toFile(), String[].class);
        int refused = 0;
        for (String string : strings) {
            if (string.isEmpty() || HeaderText.fault(string).isPresent()) {
                refused++;
                continue;
            }
            assertReadsBack(string);
        }
        assertThat(strings).hasSize(515);
        assertThat(refused).isEqualTo(REFUSED_NAUGHTY_STRINGS);
    }

    private void assertReadsBack(String string) throws Exception {
        byte[] octets = writer.write(mail(string, "Attendance Session Created: " + string, "Hi " + string + ",\nbye"));
        MimeMessage mail = read(octets);
        assertOnlyCrLf(octets);
        assertThat(names(mail)).containsExactlyInAnyOrderElementsOf(HEADERS);
        assertThat(mail.getSubject()).isEqualTo("Attendance Session Created: " + string);
        assertThat(text(mail, 0)).isEqualTo("Hi " + string + ",\r\nbye\r\n");
        assertThat(((MimeMultipart) mail.getContent()).getCount()).isEqualTo(2);
        assertThat(mail.getAllRecipients()).hasSize(1);
        assertThat(mail.getRecipients(Message.RecipientType.TO)[0].toString()).contains("ann@example.org");
    }

    private static void assertOnlyCrLf(byte[] octets) {
        String rest = new String(octets, StandardCharsets.ISO_8859_1).replace("\r\n", "");
        assertThat(rest).doesNotContain("\r", "\n");
    }

    private static List<String> names(MimeMessage mail) throws Exception {
        return Collections.list(mail.getAllHeaders()).stream()
                .map(header -> header.getName())
                .toList();
    }

    private static BodyPart part(MimeMessage mail, int number) throws Exception {
        return ((MimeMultipart) mail.getContent()).getBodyPart(number);
    }

    private static String text(MimeMessage mail, int number) throws Exception {
        return (String) part(mail, number).getContent();
    }

    private static MimeMessage read(byte[] octets) throws Exception {
        return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(octets));
    }

    private static Mailbox sender() {
        return Mailbox.parse("Herald <no-reply@example.org>");
    }

    private static EmailMessage mail(String name, String subject, String text) {
        return mail(Mailbox.named(MailAddress.parse("ann@example.org"), name), subject, text);
    }

    private static EmailMessage mail(Mailbox recipient, String subject, String text) {
        return new EmailMessage(
                "12.1@example.org",
                sender(),
                recipient,
                subject,
                text,
                "<p>html</p>",
                Instant.parse("2025-10-25T03:30:00Z"));
    }
}
