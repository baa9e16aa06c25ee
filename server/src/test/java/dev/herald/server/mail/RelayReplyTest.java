package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayReplyTest {
    @Test
    void read_severalLines_isOneLineWithoutCodes() {
        RelayReply reply = RelayReply.read(550, "550-5.1.1 The email account\n550-5.1.1 does not\n550 5.1.1 exist");
        assertThat(reply).isEqualTo(new RelayReply(550, "5.1.1", "5.1.1 The email account 5.1.1 does not 5.1.1 exist"));
    }

    @ParameterizedTest
    @CsvSource({
        "550 <ann@example.org> unknown, *** unknown",
        "550 (ann@example.org) unknown, *** unknown",
        "550 ann%40example.org unknown, *** unknown",
        "'550 \"ann b\"@example.org unknown', *** unknown",
        "550 no such user ann.smith here, no such user *** here",
        "550 no such user ANN.Smith here, no such user *** here",
        "550 see https://x.example/?token=abc.def, see https://x.example/?***",
        "550 bad eyJhbGciOi.eyJz.abc- body, bad *** body"
    })
    void read_addressOrToken_isMasked(String response, String text) {
        assertThat(RelayReply.read(550, response, MailAddress.parse("ann.smith@example.org"))
                        .text())
                .isEqualTo(text);
    }

    @Test
    @Timeout(5)
    void read_hundredKilobytesOfGarbage_isCutAndPrintable() {
        for (String garbage : new String[] {"a", "\u0000", "\"", "<", "@", "a@", "eyJ", "<@", "\"@ ", "😀", "token="}) {
            RelayReply reply = RelayReply.read(-1, garbage.repeat(100_000), MailAddress.parse("ann@example.org"));
            assertThat(reply.text().length()).isLessThanOrEqualTo(500);
            assertThat(reply.text()).doesNotContain("\u0000");
            assertThat(reply.code()).isZero();
        }
    }

    @Property(tries = 300)
    void read_anyText_isPrintableAndShort(@ForAll String response) {
        String text = RelayReply.read(450, response).text();
        assertThat(text.length()).isLessThanOrEqualTo(500);
        assertThat(text.chars()).noneMatch(Character::isISOControl);
        assertThat(text).doesNotContainPattern("\\S@\\S");
    }

    /** Replies without anything to mask are read without regular expressions. */
    @Property(tries = 500)
    void read_anyReply_isTheSameOnTheShortWay(@ForAll("replies") String response) {
        assertThat(RelayReply.read(250, response)).isEqualTo(RelayReply.readAny(250, response));
        for (String localPart : new String[] {"ann", "ok", "queued", "250", "id"}) {
            MailAddress recipient = MailAddress.parse(localPart + "@example.org");
            assertThat(RelayReply.read(250, response, recipient))
                    .isEqualTo(RelayReply.readAny(250, response, recipient));
        }
    }

    @Provide
    Arbitrary<String> replies() {
        Arbitrary<String> pieces = Arbitraries.of(
                " ",
                "  ",
                "2.0.0",
                "4.7.500",
                "5.1",
                ".1",
                "2.1.5000",
                "Ok: queued as 4XyZ",
                "ANN",
                "ann",
                "id=1",
                "token=x",
                "TOKEN=",
                "n=",
                "eyJ",
                "yJ",
                "@",
                "%40",
                "%",
                "<",
                "<a@b>",
                "\"",
                "\t",
                "\n",
                "250-",
                "é",
                "\0",
                "x".repeat(490),
                "-",
                "7");
        return Combinators.combine(
                        Arbitraries.of("250 ", "250", "250-", "25 ", "", "abc "),
                        pieces.list().ofMaxSize(6))
                .as((start, list) -> start + String.join("", list));
    }
}
