package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.herald.server.testing.MailHeaders;
import jakarta.mail.Header;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any address is one or none, and any text that passes the gate reads back from a mail as it was. */
class MailFuzzTest {
    private final MimeWriter writer = new MimeWriter();

    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void address(byte[] bytes) throws AddressException {
        String text = text(bytes);
        assertThat(MailAddress.fault(text).isEmpty()).isEqualTo(MailAddress.isValid(text));
        assertThat(MailAddress.ofAny(text)).isEqualTo(MailAddress.of(text));
        if (MailAddress.isValid(text)) {
            MailAddress address = MailAddress.parse(text);
            String wire = address.text();
            assertThat(wire.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(254);
            assertThat(wire)
                    .doesNotContainPattern("[\\p{Cc}\\s<>,;:\"()\\[\\]\\\\]")
                    .containsOnlyOnce("@");
            assertThat(wire.chars().map(c -> c & 0xFF)).doesNotContain((int) '\r', (int) '\n', 0);
            assertThat(MailAddress.parse(wire)).isEqualTo(address);
            assertThat(address.domain()).matches("\\p{ASCII}+");
            if (!address.needsSmtpUtf8()) {
                assertThat(new InternetAddress(wire, true).getAddress()).isEqualTo(wire);
            }
        }
    }

    static Stream<Arguments> address() {
        return seeds(
                "ann@example.org",
                "a.b+c@sub.example.org",
                "jürgen@example.org",
                "a@faß.de",
                "a@例え.テスト",
                "\"a b\"@example.org",
                "a@[127.0.0.1]",
                "a@b@example.org",
                "Ann <a@example.org>",
                "a@example.org\r\nBcc: x@example.org",
                "a\u760D\u760Ab@example.org",
                "a\u202Eb@example.org",
                "a\uFF20b@example.org",
                "a@xn--fa-hia.de",
                "a@exa\u200Dmple.org");
    }

    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void header(byte[] bytes) throws Exception {
        String text = text(bytes);
        if (HeaderText.fault(text).isPresent()) {
            assertThatThrownBy(() -> MimeReadBackTest.mail("text", "html", text, "Ann"))
                    .isInstanceOf(MessageFaultException.class);
            assertThatThrownBy(() -> MimeReadBackTest.mail("text", "html", "Subject", "x" + text))
                    .isInstanceOf(MessageFaultException.class);
        } else {
            readBack(MimeReadBackTest.mail("text", "html", text, text));
        }
    }

    static Stream<Arguments> header() {
        return seeds(
                "Algebra 101",
                "a  b ",
                "=?UTF-8?B?QmNjOiB4?=",
                "a\r\nBcc: x@example.org",
                "a\u2028b",
                "\u202Ertl\u202C",
                "\"quoted\" <x@example.org>, b",
                "Ünïcode 😀 日本語",
                "a\tb\u0000",
                "x".repeat(2_000));
    }

    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void body(byte[] bytes) throws Exception {
        String text = text(bytes);
        readBack(MimeReadBackTest.mail(text, text, "Subject", "Ann"));
    }

    static Stream<Arguments> body() {
        return seeds(
                "Hi Ann,\r\n\r\n.\r\nRCPT TO:<x@example.org>\r\n",
                "\n.\n..\r.",
                "--" + PartWriter.BOUNDARY + "--\r\nFrom x",
                "x".repeat(1_500),
                "é".repeat(300),
                "trailing \t\nblanks=3D=",
                "\u0000\u007F\uD83D");
    }

    private void readBack(EmailMessage mail) throws Exception {
        byte[] octets = writer.write(mail);
        MimeMessage read = new MimeMessage(null, new ByteArrayInputStream(octets));
        assertThat(Collections.list(read.getAllHeaders()))
                .extracting(Header::getName)
                .containsExactlyInAnyOrderElementsOf(MailHeaders.NAMES);
        MimeReadBackTest.assertSound(octets);
        MimeReadBackTest.assertReadByJakarta(mail, octets);
        MimeReadBackTest.assertReadByMime4j(mail, octets);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Stream<Arguments> seeds(String... texts) {
        return Stream.of(texts).map(text -> Arguments.of((Object) text.getBytes(StandardCharsets.UTF_8)));
    }
}
