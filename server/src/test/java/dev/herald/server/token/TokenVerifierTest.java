package dev.herald.server.token;

import static dev.herald.server.token.ForgedToken.GOOD_HEADER;
import static dev.herald.server.token.ForgedToken.GOOD_PAYLOAD;
import static dev.herald.server.token.ForgedToken.KEY;
import static dev.herald.server.token.ForgedToken.NOW;
import static dev.herald.server.token.ForgedToken.OLD_KEY;
import static dev.herald.server.token.ForgedToken.bytes;
import static dev.herald.server.token.ForgedToken.of;
import static dev.herald.server.token.ForgedToken.payload;
import static org.assertj.core.api.Assertions.assertThat;

import dev.herald.v1.TokenReason;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TokenVerifierTest {
    private static final String KID = TokenKey.of(KEY).kid();
    private static final String GOOD = of(GOOD_HEADER, GOOD_PAYLOAD);

    private final TokenVerifier verifier = new TokenVerifier(ForgedToken.RING, clockAt(NOW));

    @ParameterizedTest
    @MethodSource("dev.herald.server.token.BadToken#all")
    void verify_badInput_isAnsweredWithItsReason(BadToken bad) {
        assertThat(reasonOf(verifier.verify(bad.token()))).isEqualTo(bad.reason());
    }

    @Test
    void verify_goodToken_tellsItsClaims() {
        assertThat(verifier.verify(GOOD))
                .isEqualTo(new TokenVerdict.Valid(new TokenClaims("id-1", 7, 42, NOW, NOW + 3600)));
    }

    @Test
    void verify_tokenOfAPreviousKey_isValidUntilTheKeyIsRemoved() {
        String header = GOOD_HEADER.replace(KID, TokenKey.of(OLD_KEY).kid());
        String token = of(bytes(header), bytes(GOOD_PAYLOAD), OLD_KEY);
        assertThat(verifier.verify(token)).isInstanceOf(TokenVerdict.Valid.class);
        TokenVerifier without = new TokenVerifier(new KeyRing(TokenKey.of(KEY), List.of()), clockAt(NOW));
        assertThat(reasonOf(without.verify(token))).isEqualTo("UNKNOWN_KEY");
    }

    @Test
    void verify_genuineButExpired_stillTellsItsClaims() {
        TokenVerdict verdict = verifier.verify(of(GOOD_HEADER, payload("7", "42", "100", "200")));
        assertThat(verdict)
                .isEqualTo(TokenVerdict.Refused.genuine(
                        TokenReason.TOKEN_REASON_EXPIRED, new TokenClaims("id-1", 7, 42, 100, 200)));
    }

    @Test
    void verify_forged_tellsNoClaims() {
        assertThat(((TokenVerdict.Refused) verifier.verify(GOOD + "A")).claims())
                .isEmpty();
    }

    private static String reasonOf(TokenVerdict verdict) {
        return verdict instanceof TokenVerdict.Refused refused
                ? refused.reason().name().substring("TOKEN_REASON_".length())
                : BadToken.VALID;
    }

    private static Clock clockAt(long second) {
        return Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC);
    }
}
