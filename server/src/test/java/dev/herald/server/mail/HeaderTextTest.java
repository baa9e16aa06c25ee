package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeUtility;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderTextTest {
    private static final MailAddress ANN = MailAddress.parse("ann@example.org");

    @ParameterizedTest
    @ValueSource(strings = {"a\rb", "a\nb", "a\r\nBcc: x@y", "a\u0085", "\u2028a", "a\u2029b", "\u0000\n"})
    void fault_lineEnd_isHeaderInjection(String value) {
        assertThat(HeaderText.fault(value)).contains("HEADER_INJECTION");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a\u0000", "\u0001", "a\u000Bb", "\u001B[31m", "\u007F", "\u0080", "\u009F", "a\uD83D", "\uDE00"
            })
    void fault_otherControl_isControlCharacter(String value) {
        assertThat(HeaderText.fault(value)).contains("CONTROL_CHARACTER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Algebra", "a\tb", "Ünïcode 😀", "\"quoted\" <x@y>", "\u202Ertl"})
    void fault_text_passes(String value) {
        assertThat(HeaderText.fault(value)).isEmpty();
    }

    @Test
    void fault_tooLong_isRefused() {
        assertThat(HeaderText.fault("x".repeat(2_001))).contains("TOO_LONG");
    }

    @Property(tries = 300)
    void unstructured_passingText_readsBackExactly(@ForAll("passing") String value) throws Exception {
        String written = HeaderText.unstructured("Subject", value);
        assertThat(MimeUtility.decodeText(MimeUtility.unfold(written))).isEqualTo(value);
        assertThat(("Subject: " + written).split("\r\n"))
                .allSatisfy(line -> assertThat(line.length()).isLessThan(77));
    }

    @Property(tries = 300)
    void header_anyName_keepsTheMailbox(@ForAll("passing") String name) throws Exception {
        InternetAddress[] read =
                InternetAddress.parseHeader(Mailbox.named(ANN, name).header(), true);
        assertThat(read).hasSize(1);
        assertThat(read[0].getAddress()).isEqualTo("ann@example.org");
        String shown = HeaderText.withoutBidiControls(name);
        assertThat(Optional.ofNullable(read[0].getPersonal()).orElse("")).isEqualTo(shown.isBlank() ? "" : shown);
    }

    @Provide
    Arbitrary<String> passing() {
        Arbitrary<Character> any = Arbitraries.oneOf(
                Arbitraries.chars().all(),
                Arbitraries.chars().ascii(),
                Arbitraries.chars().with("\t \"<>@,;=?()\\\u202E"));
        return any.list()
                .ofMaxSize(120)
                .map(list -> list.stream().map(String::valueOf).reduce("", String::concat))
                .filter(text -> HeaderText.fault(text).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Herald <ann@example.org>", "\"Herald\" <ann@example.org>", "Herald<ann@example.org>"})
    void parse_withName_readsBoth(String text) {
        assertThat(Mailbox.parse(text)).isEqualTo(Mailbox.named(ANN, "Herald"));
        assertThat(Mailbox.parse("ann@example.org")).isEqualTo(Mailbox.of(ANN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Herald", "Herald <ann@example.org> x", "<<ann@example.org>>", "a <b@c> <d@e>", "a@b, c@d"})
    void parse_noMailbox_isRefused(String text) {
        assertThatThrownBy(() -> Mailbox.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "Algebra 101!, true",
        "'', true",
        "a  b, false",
        "' a', false",
        "'a ', false",
        "a=?b, false",
        "a=b?, true",
        "ü, false",
        "~, true"
    })
    void unstructured_plainText_staysAsItIs(String value, boolean plain) {
        assertThat(HeaderText.unstructured("Subject", value).equals(value)).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource({
        "Ann Lee 2, true",
        "Ann-Lee, false",
        "a  b, false",
        "Ann., false",
        "ü, false",
        "' a', false",
        "'a ', false"
    })
    void phrase_lettersAndDigits_stayAsTheyAre(String value, boolean plain) {
        assertThat(HeaderText.phrase(value).equals(value)).isEqualTo(plain);
    }
}
