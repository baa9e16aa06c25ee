package dev.herald.server.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerifiedTokensTest {
    private static final String TOKEN = "header.payload." + "s".repeat(43);

    private final VerifiedTokens<String> tokens = new VerifiedTokens<>(100);

    @Test
    void find_theVeryToken_tellsWhatWasKept() {
        assertThat(tokens.find(TOKEN)).isNull();
        tokens.keep(TOKEN, "it");
        assertThat(tokens.find(new String(TOKEN.toCharArray()))).isEqualTo("it");
    }

    @Test
    void find_anyCharacterChangedAddedOrMissing_isUnknown() {
        tokens.keep(TOKEN, "it");
        for (int i = 0; i < TOKEN.length(); i++) {
            assertThat(tokens.find(TOKEN.substring(0, i) + '~' + TOKEN.substring(i + 1)))
                    .isNull();
            assertThat(tokens.find(TOKEN.substring(0, i) + TOKEN.substring(i + 1)))
                    .isNull();
        }
        assertThat(tokens.find(TOKEN + "s")).isNull();
        assertThat(tokens.find("")).isNull();
    }

    @Test
    void keep_moreThanThereArePlaces_forgetsTheOlder() {
        List<String> many = IntStream.range(0, 10_000)
                .mapToObj(i -> "header." + i + "." + (i + "-" + i * 31 + "s".repeat(43)).substring(0, 43))
                .toList();
        many.forEach(token -> tokens.keep(token, token));
        List<String> known =
                many.stream().filter(token -> tokens.find(token) != null).toList();
        assertThat(known)
                .hasSizeBetween(1, 128)
                .allSatisfy(token -> assertThat(tokens.find(token)).isEqualTo(token));
    }

    @Test
    void keep_tooLongOrTooShort_isNotKept() {
        for (String token : List.of("p".repeat(2_000) + TOKEN, "s".repeat(43), "")) {
            tokens.keep(token, "it");
            assertThat(tokens.find(token)).isNull();
        }
    }
}
