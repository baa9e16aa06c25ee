package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class TokenPropertiesTest {
    private static final long LAST_SECOND = 253_402_300_799L;
    private final TokenIssuer issuer = new TokenIssuer(ForgedToken.RING);

    @Property(tries = 500)
    void issue_anyToken_verifiesAndTellsItsClaims(
            @ForAll @LongRange(min = 1) long student,
            @ForAll @LongRange(min = 1) long session,
            @ForAll @LongRange(min = 0, max = 4_000_000_000L) long issuedAt,
            @ForAll @LongRange(min = 1, max = 4_000_000_000L) long life) {
        long expiresAt = Math.min(issuedAt + life, LAST_SECOND);
        IssuedToken issued = issuer.issue(
                student, session, Instant.ofEpochSecond(issuedAt, 999_999_999), Instant.ofEpochSecond(expiresAt));
        String token = issuer.sign(issued.signingInput()).orElseThrow();

        assertThat(token).hasSizeBetween(200, 500);
        assertThat(issued.jti()).matches("[A-Za-z0-9_-]{22}");
        assertThat(verifierAt(issuedAt).verify(token))
                .isEqualTo(
                        new TokenVerdict.Valid(new TokenClaims(issued.jti(), student, session, issuedAt, expiresAt)));
    }

    @Property(tries = 200)
    void issue_anyToken_isATokenToAnIndependentReader(
            @ForAll @LongRange(min = 1) long student, @ForAll @LongRange(min = 1) long session) {
        Instant now = Instant.now();
        String token = issuer.sign(issuer.issue(student, session, now, now.plusSeconds(600))
                        .signingInput())
                .orElseThrow();
        DecodedJWT read =
                JWT.require(Algorithm.HMAC256(ForgedToken.KEY)).build().verify(token);
        assertThat(read.getClaim("student_profile_id").asLong()).isEqualTo(student);
        assertThat(read.getClaim("session_id").asLong()).isEqualTo(session);
        assertThat(read.getType()).isEqualTo("attendance+jwt");
        assertThat(read.getKeyId()).isEqualTo(TokenKey.of(ForgedToken.KEY).kid());
    }

    @Property(tries = 2000)
    void verify_oneCharacterChanged_neverVerifies(
            @ForAll @LongRange(min = 1) long student,
            @ForAll @IntRange(max = 10_000) int place,
            @ForAll @CharRange(from = ' ', to = '\u017F') char other) {
        StringBuilder token = new StringBuilder(token(student));
        int at = place % token.length();
        boolean same = token.charAt(at) == other;
        token.setCharAt(at, other);
        assertThat(verifierAt(ForgedToken.NOW).verify(token.toString()) instanceof TokenVerdict.Valid)
                .isEqualTo(same);
    }

    @Example
    void verify_anyCharacterOfTheAlphabetAnywhere_verifiesInItsOwnPlaceOnly() {
        String good = token(4711);
        TokenVerifier verifier = verifierAt(ForgedToken.NOW);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=\n \u0000";
        for (int at = 0; at < good.length(); at++) {
            for (char other : alphabet.toCharArray()) {
                String changed = good.substring(0, at) + other + good.substring(at + 1);
                assertThat(verifier.verify(changed) instanceof TokenVerdict.Valid)
                        .isEqualTo(changed.equals(good));
            }
            String shorter = good.substring(0, at) + good.substring(at + 1);
            assertThat(verifier.verify(shorter)).isInstanceOf(TokenVerdict.Refused.class);
        }
    }

    @Property(tries = 1000)
    void verify_anyText_isAnsweredWithoutAnException(@ForAll String text) {
        assertThat(verifierAt(ForgedToken.NOW).verify(text)).isInstanceOf(TokenVerdict.Refused.class);
    }

    @Property(tries = 1000)
    void verify_anySignedJunk_isAnsweredWithoutAnException(@ForAll byte[] header, @ForAll byte[] payload) {
        TokenVerifier verifier = verifierAt(ForgedToken.NOW);
        assertThat(verifier.verify(ForgedToken.of(header, payload, ForgedToken.KEY)))
                .isInstanceOf(TokenVerdict.Refused.class);
        assertThat(verifier.verify(
                        ForgedToken.of(ForgedToken.bytes(ForgedToken.GOOD_HEADER), payload, ForgedToken.KEY)))
                .isInstanceOf(TokenVerdict.Refused.class);
    }

    @Example
    void issue_tenThousandAtOnce_haveTenThousandIds() {
        Instant now = Instant.ofEpochSecond(ForgedToken.NOW);
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(issuer.issue(1, 1, now, now.plusSeconds(1)).jti());
        }
        assertThat(ids).hasSize(10_000);
        assertThat(ids.stream().map(id -> id.substring(0, 8)).distinct()).hasSize(1);
    }

    @Example
    void sign_keyGone_isEmpty() {
        KeyRing others = new KeyRing(TokenKey.of(ForgedToken.OLD_KEY), java.util.List.of());
        Instant now = Instant.ofEpochSecond(ForgedToken.NOW);
        String input = issuer.issue(1, 1, now, now.plusSeconds(1)).signingInput();
        assertThat(new TokenIssuer(others).sign(input)).isEmpty();
        assertThat(issuer.sign("no header")).isEmpty();
        assertThat(issuer.sign("")).isEmpty();
    }

    @Example
    void sign_olderKeyInTheRing_signsWithThatKey() {
        KeyRing before = new KeyRing(TokenKey.of(ForgedToken.OLD_KEY), java.util.List.of());
        Instant now = Instant.ofEpochSecond(ForgedToken.NOW);
        String input =
                new TokenIssuer(before).issue(1, 1, now, now.plusSeconds(1)).signingInput();
        String token = issuer.sign(input).orElseThrow();
        assertThat(verifierAt(ForgedToken.NOW).verify(token)).isInstanceOf(TokenVerdict.Valid.class);
    }

    private String token(long student) {
        Instant now = Instant.ofEpochSecond(ForgedToken.NOW);
        return issuer.sign(issuer.issue(student, 42, now, now.plusSeconds(600)).signingInput())
                .orElseThrow();
    }

    private static TokenVerifier verifierAt(long second) {
        return new TokenVerifier(ForgedToken.RING, Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC));
    }
}
