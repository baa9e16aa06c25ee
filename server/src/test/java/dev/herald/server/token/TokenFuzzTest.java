package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Any token is answered, and none is valid that its key did not sign, or that another JSON reader reads differently. */
class TokenFuzzTest {
    private static final ObjectMapper OTHER_READER = new ObjectMapper();

    private final TokenVerifier verifier =
            new TokenVerifier(ForgedToken.RING, Clock.fixed(Instant.ofEpochSecond(ForgedToken.NOW), ZoneOffset.UTC));

    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void verify(byte[] bytes) {
        String token = new String(bytes, StandardCharsets.UTF_8);
        TokenVerdict verdict = verifier.verify(token);
        if (verdict instanceof TokenVerdict.Valid) {
            String input = token.substring(0, token.lastIndexOf('.'));
            assertThat(token)
                    .isIn(ForgedToken.signed(input, ForgedToken.KEY), ForgedToken.signed(input, ForgedToken.OLD_KEY));
        }
        assertThat(verifier.verify(token)).isEqualTo(verdict);
    }

    static Stream<Arguments> verify() {
        return BadToken.all().map(bad -> Arguments.of((Object) ForgedToken.bytes(bad.token())));
    }

    /** Whatever somebody with the key might put into a token. */
    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void verifySignedPayload(byte[] payload) throws IOException {
        String token = ForgedToken.of(ForgedToken.bytes(ForgedToken.GOOD_HEADER), payload, ForgedToken.KEY);
        if (verifier.verify(token) instanceof TokenVerdict.Valid valid) {
            JsonNode read = OTHER_READER.readTree(payload);
            TokenClaims claims = valid.claims();
            assertThat(read.path("student_profile_id").isIntegralNumber()).isTrue();
            assertThat(read.path("student_profile_id").bigIntegerValue()).isEqualTo(claims.studentProfileId());
            assertThat(read.path("session_id").bigIntegerValue()).isEqualTo(claims.sessionId());
            assertThat(read.path("iat").bigIntegerValue()).isEqualTo(claims.issuedAt());
            assertThat(read.path("exp").bigIntegerValue()).isEqualTo(claims.expiresAt());
            assertThat(read.path("jti").textValue()).isEqualTo(claims.jti());
        }
    }

    static Stream<Arguments> verifySignedPayload() {
        return decoded(1);
    }

    @MethodSource
    @FuzzTest(maxDuration = "2m")
    void verifySignedHeader(byte[] header) throws IOException {
        String token = ForgedToken.of(header, ForgedToken.bytes(ForgedToken.GOOD_PAYLOAD), ForgedToken.KEY);
        if (verifier.verify(token) instanceof TokenVerdict.Valid) {
            JsonNode read = OTHER_READER.readTree(header);
            assertThat(read.path("alg").textValue()).isEqualTo("HS256");
            assertThat(read.path("typ").textValue()).isEqualTo("attendance+jwt");
            assertThat(read.path("kid").textValue())
                    .isEqualTo(TokenKey.of(ForgedToken.KEY).kid());
            assertThat(read.has("crit")).isFalse();
        }
    }

    static Stream<Arguments> verifySignedHeader() {
        return decoded(0);
    }

    /** One part of each bad token that can be read at all. */
    private static Stream<Arguments> decoded(int part) {
        return BadToken.all()
                .map(bad -> bad.token().split("\\."))
                .filter(parts -> parts.length == 3 && parts[part].matches("[\\w-]+"))
                .map(parts -> CompactToken.decode(parts[part]))
                .filter(bytes -> bytes.length < 400)
                .map(bytes -> Arguments.of((Object) bytes));
    }
}
