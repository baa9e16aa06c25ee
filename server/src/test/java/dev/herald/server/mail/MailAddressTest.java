package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class MailAddressTest {
    private static final Set<String> ACCEPTED = Set.of("ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321");

    /** Valid by RFC 5321, and refused by policy. */
    private static final Set<String> REFUSED_BY_POLICY =
            Set.of("ISEMAIL_RFC5321_QUOTEDSTRING", "ISEMAIL_RFC5321_ADDRESSLITERAL");

    @Test
    void isValid_isemailCorpus_matchesEveryVerdict() throws Exception {
        Path file = Corpora.file("isemail/tests.xml");
        NodeList tests = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getElementsByTagName("test");
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < tests.getLength(); i++) {
            Element test = (Element) tests.item(i);
            boolean expected =
                    ACCEPTED.contains(text(test, "category")) && !REFUSED_BY_POLICY.contains(text(test, "diagnosis"));
            if (MailAddress.isValid(controls(text(test, "address"))) != expected) {
                wrong.add(test.getAttribute("id"));
            }
        }
        assertThat(tests.getLength()).isEqualTo(164);
        assertThat(wrong).isEmpty();
    }

    private static String text(Element test, String name) {
        return test.getElementsByTagName(name).item(0).getTextContent();
    }

    /** The corpus writes control characters as U+2400 and on. */
    private static String controls(String text) {
        return text.chars()
                .map(c -> c >= 0x2400 && c < 0x2420 ? c - 0x2400 : c)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a@b@example.org",
                "Ann <a@example.org>",
                "a@example.org,b@example.org",
                "a@example.org\u0000",
                "a\u0085@example.org",
                "a\u2028@example.org",
                "a\u202Eb@example.org",
                "a\u00A0b@example.org",
                "a\uFF20b@example.org",
                "a\uFF1Cb@example.org",
                "a\uD800b@example.org",
                "a@exa\uFF0Fmple.org",
                "a@-\u00FC.example",
                "\u202Ea@example.org",
                "a@example.org%0d%0a\n"
            })
    void of_trick_isRefused(String text) {
        assertThat(MailAddress.of(text)).isEmpty();
        assertThat(MailAddress.fault(text)).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "10, HEADER_INJECTION", "13, HEADER_INJECTION", "133, HEADER_INJECTION", "8232, HEADER_INJECTION",
        "8233, HEADER_INJECTION", "266, HEADER_INJECTION", "30221, HEADER_INJECTION", "30218, HEADER_INJECTION",
        "0, CONTROL_CHARACTER", "27, CONTROL_CHARACTER", "127, CONTROL_CHARACTER", "32, RECIPIENT_INVALID"
    })
    void fault_character_namesTheReason(int character, String reason) {
        assertThat(MailAddress.fault("a" + (char) character + "b@example.org")).contains(reason);
        assertThat(MailAddress.fault("ab@exa" + (char) character + "mple.org")).contains(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "a@faß.de, xn--fa-hia.de",
        "a@BÜCHER.example, xn--bcher-kva.example",
        "a@例え.テスト, xn--r8jz45g.xn--zckzah",
        "a@ｅxample。org, example.org",
        "a@Example.org, Example.org"
    })
    void of_internationalDomain_isKeptAsLabelsOfItsOwn(String text, String domain) {
        assertThat(MailAddress.parse(text).domain()).isEqualTo(domain);
        assertThat(MailAddress.parse(text).needsSmtpUtf8()).isFalse();
    }

    @Test
    void of_internationalLocalPart_needsSmtpUtf8() {
        assertThat(MailAddress.parse("jürgen@example.org").needsSmtpUtf8()).isTrue();
        assertThat(MailAddress.parse("jürgen@example.org").text()).isEqualTo("jürgen@example.org");
    }

    @Test
    void toString_address_doesNotTellIt() {
        assertThat(MailAddress.parse("ann@example.org").toString()).doesNotContain("ann", "example");
        assertThatThrownBy(() -> MailAddress.parse("ann example.org")).hasMessageNotContaining("ann");
    }

    @Property(tries = 500)
    void of_anyText_isExactlyOneAddressOrNone(@ForAll String text) {
        MailAddress.of(text + "@example.org")
                .ifPresent(address -> assertThat(address.text()).matches("[^@\\s<>,;:\"]+@example\\.org"));
        assertThat(MailAddress.fault(text).isEmpty()).isEqualTo(MailAddress.isValid(text));
    }

    /** Plain addresses are read without regular expressions. */
    @Property(tries = 5_000)
    void of_asciiText_isTheSameOnTheShortWay(@ForAll("nearlyAddresses") String text) {
        assertThat(MailAddress.of(text)).isEqualTo(MailAddress.ofAny(text));
    }

    @Provide
    Arbitrary<String> nearlyAddresses() {
        Arbitrary<String> pieces = Arbitraries.oneOf(
                Arbitraries.of(
                        ".", "..", "-", "@", "a", "Z9", "example", ".org", "x".repeat(61), "y".repeat(63), "+", "_"),
                Arbitraries.strings().ascii().ofMaxLength(2));
        Arbitrary<String> part = pieces.list().ofMinSize(1).ofMaxSize(5).map(list -> String.join("", list));
        Arbitrary<String> domain = Arbitraries.oneOf(part, Arbitraries.of("example.org", "x.".repeat(120) + "org"));
        return Combinators.combine(part, domain).as((local, host) -> local + "@" + host);
    }
}
