package dev.herald.server.token;

import static dev.herald.server.token.ForgedToken.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.v1.TokenReason;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A token that the verifier has seen before. */
class RememberedTokensTest {
    private long second = NOW;
    private final TokenVerifier verifier = new TokenVerifier(ForgedToken.RING, clock());
    private final String token = ForgedToken.of(ForgedToken.GOOD_HEADER, ForgedToken.GOOD_PAYLOAD);

    @Test
    void verify_again_tellsTheSameAsTheFirstTime() {
        TokenVerdict first = verifier.verify(token);
        assertThat(first).isInstanceOf(TokenVerdict.Valid.class);
        assertThat(verifier.verify(new String(token.toCharArray()))).isSameAs(first);
    }

    @Test
    void verify_againAfterItsExpiry_isExpired() {
        verifier.verify(token);
        second = NOW + 3599;
        assertThat(reason(token)).isEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
        second = NOW + 3600;
        assertThat(reason(token)).isEqualTo(TokenReason.TOKEN_REASON_EXPIRED);
    }

    @Test
    void verify_againWithTheClockSetBack_isNotYetValid() {
        String later = ForgedToken.of(
                ForgedToken.GOOD_HEADER, ForgedToken.GOOD_PAYLOAD.replace("}", ",\"nbf\":" + (NOW + 60) + "}"));
        assertThat(reason(later)).isEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
        second = NOW - 1;
        assertThat(reason(later)).isEqualTo(TokenReason.TOKEN_REASON_NOT_YET_VALID);
    }

    @Test
    void verify_oneCharacterOfARememberedTokenChanged_isRefused() {
        verifier.verify(token);
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(reason(token.substring(0, i) + other + token.substring(i + 1)))
                    .isNotEqualTo(TokenReason.TOKEN_REASON_UNSPECIFIED);
        }
    }

    @Test
    void verify_rememberedUnderAKeyThatIsGone_isUnknownToTheNewRing() {
        verifier.verify(token);
        KeyRing without = new KeyRing(TokenKey.of(ForgedToken.OLD_KEY), List.of());
        assertThat(TokenCampus.reason(new TokenVerifier(without, clock()).verify(token)))
                .isEqualTo(TokenReason.TOKEN_REASON_UNKNOWN_KEY);
    }

    private TokenReason reason(String shown) {
        return TokenCampus.reason(verifier.verify(shown));
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return Instant.ofEpochSecond(second);
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new IllegalArgumentException("this clock tells UTC");
            }
        };
    }
}
