package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.james.mime4j.dom.Message;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.TextBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;

/** Any mail reads back as it was, by two readers that others wrote. */
class MimeReadBackTest {
    private final MimeWriter writer = new MimeWriter();

    @Property(tries = 400)
    void write_anyMail_readsBackByTwoReaders(
            @ForAll("bodies") String text,
            @ForAll("bodies") String html,
            @ForAll("headers") String subject,
            @ForAll("headers") String name)
            throws Exception {
        EmailMessage mail = mail(text, html, subject, name);
        byte[] octets = writer.write(mail);
        assertSound(octets);
        assertReadByJakarta(mail, octets);
        assertReadByMime4j(mail, octets);
    }

    @Property(tries = 200)
    void writeForSmtp_anyMail_isTheSameWithDotsDoubled(@ForAll("bodies") String text, @ForAll("bodies") String html) {
        EmailMessage mail = mail(text, html, "Subject", "Ann");
        Octets wire = new Octets();
        writer.writeForSmtp(mail, wire);
        String doubled = latin1(writer.write(mail)).replace("\r\n.", "\r\n..");
        assertThat(latin1(wire.copy())).isEqualTo(doubled).doesNotContain("\r\n.\r\n");
    }

    static void assertSound(byte[] octets) {
        String wire = latin1(octets);
        assertThat(wire).endsWith("--\r\n").matches("(?s)[\\x09\\x0A\\x0D\\x20-\\x7E]*");
        assertThat(wire.replace("\r\n", "")).doesNotContain("\r", "\n");
        assertThat(wire.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(998));
        assertThat(wire.lines().filter(line -> line.startsWith("--" + PartWriter.BOUNDARY)))
                .hasSize(3);
    }

    static void assertReadByJakarta(EmailMessage mail, byte[] octets) throws Exception {
        MimeMessage read = new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(octets));
        assertThat(read.getSubject()).isEqualTo(mail.subject());
        assertThat(read.getMessageID()).isEqualTo("<12.1@example.org>");
        InternetAddress to = (InternetAddress) read.getAllRecipients()[0];
        assertThat(to.getAddress()).isEqualTo("ann@example.org");
        assertThat(Optional.ofNullable(to.getPersonal())).isEqualTo(shown(mail));
        MimeMultipart parts = (MimeMultipart) read.getContent();
        assertThat(parts.getCount()).isEqualTo(2);
        assertThat(parts.getBodyPart(0).getContent()).isEqualTo(canonical(mail.text()));
        assertThat(parts.getBodyPart(1).getContent()).isEqualTo(canonical(mail.html()));
    }

    static void assertReadByMime4j(EmailMessage mail, byte[] octets) throws Exception {
        DefaultMessageBuilder builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
        Message read = builder.parseMessage(new ByteArrayInputStream(octets));
        assertThat(read.getMessageId()).isEqualTo("<12.1@example.org>");
        assertThat(read.getDate()).isEqualTo(mail.date());
        assertThat(read.getTo().flatten())
                .singleElement()
                .satisfies(to -> assertThat(to.getAddress()).isEqualTo("ann@example.org"));
        Multipart parts = (Multipart) read.getBody();
        assertThat(parts.getSubType()).isEqualTo("alternative");
        assertThat(parts.getBodyParts())
                .extracting(part -> part.getMimeType() + " " + part.getCharset())
                .containsExactly("text/plain UTF-8", "text/html UTF-8");
        assertThat(text(parts, 0)).isEqualTo(canonical(mail.text()));
        assertThat(text(parts, 1)).isEqualTo(canonical(mail.html()));
    }

    private static String text(Multipart parts, int number) throws IOException {
        TextBody body = (TextBody) parts.getBodyParts().get(number).getBody();
        return new String(body.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Optional<String> shown(EmailMessage mail) {
        return mail.recipient().name().map(HeaderText::withoutBidiControls);
    }

    /** As every line end becomes CR LF; half a surrogate pair has no octets of its own. */
    private static String canonical(String text) {
        String whole = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        return whole.lines().collect(Collectors.joining("\r\n", "", "\r\n"));
    }

    private static String latin1(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    @Provide
    Arbitrary<String> bodies() {
        Arbitrary<String> pieces = Arbitraries.oneOf(
                Arbitraries.of(
                        "\r\n",
                        "\n",
                        "\r",
                        ".",
                        "..",
                        "\n.\n",
                        "=",
                        "=3D",
                        " ",
                        "\t",
                        " \n",
                        "--",
                        "-",
                        "From ",
                        "\n--" + PartWriter.BOUNDARY,
                        "--" + PartWriter.BOUNDARY + "--\n",
                        "\n--=_",
                        "\0",
                        "\u007F"),
                Arbitraries.of("é", "Ünï", "😀", "\uD83D", "日本語", "\u0085", "\u2028"),
                Arbitraries.strings().ascii().ofMaxLength(30),
                Arbitraries.strings().ofMaxLength(10),
                Arbitraries.of("word ".repeat(20), "x".repeat(999), "é".repeat(200), ".".repeat(80), "a\n".repeat(50)));
        return pieces.list().ofMaxSize(20).map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<String> headers() {
        List<String> marks = List.of("=?", "?=", " ", "  ", "\"", "<", "a@b.example", "\u202E", "ü", "😀", "\t", ",");
        return Arbitraries.oneOf(
                        Arbitraries.of(marks),
                        Arbitraries.strings().alpha().ofMaxLength(30),
                        Arbitraries.strings().ofMaxLength(5))
                .list()
                .ofMaxSize(12)
                .map(list -> String.join("", list))
                .filter(text -> HeaderText.fault(text).isEmpty());
    }

    static EmailMessage mail(String text, String html, String subject, String name) {
        return new EmailMessage(
                "12.1@example.org",
                Mailbox.parse("Herald <no-reply@example.org>"),
                Mailbox.named(MailAddress.parse("ann@example.org"), name),
                subject,
                text,
                html,
                Instant.parse("2025-10-25T03:30:00Z"));
    }
}
