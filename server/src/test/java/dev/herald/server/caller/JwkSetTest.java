package dev.herald.server.caller;

import static dev.herald.server.caller.TestJwk.jwk;
import static dev.herald.server.caller.TestJwk.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.auth0.jwt.JWT;
import com.auth0.jwt.JWTCreator;
import com.auth0.jwt.algorithms.Algorithm;
import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingFault;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.testing.SettableClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwkSetTest {
    private static final byte[] SECRET = "a-key-of-a-set-in-tests-0123456789abcdef".getBytes(StandardCharsets.UTF_8);
    private static final String OCT = TestJwk.oct("one", SECRET);
    private static final KeyPair RSA = TestJwk.rsa(2_048);
    private static final KeyPair EC = TestJwk.ec("secp256r1");

    private final SettableClock clock = new SettableClock();

    @Test
    void verify_eachKindOfKey_acceptsItsOwnTokensOnly() {
        CallerTokens tokens = tokens(set(OCT, jwk("two", (RSAPublicKey) RSA.getPublic()), jwk("three", EC, "P-256")));
        Algorithm hs = Algorithm.HMAC256(SECRET);
        Algorithm rs = Algorithm.RSA256(null, (RSAPrivateKey) RSA.getPrivate());
        Algorithm es = Algorithm.ECDSA256(null, (ECPrivateKey) EC.getPrivate());
        assertThat(tokens.verify(token("one", hs))).isPresent();
        assertThat(tokens.verify(token("two", rs))).isPresent();
        assertThat(tokens.verify(token("three", es))).contains(new Caller("reports", Set.of(Role.READER)));
        assertThat(tokens.verify(token("one", rs))).isEmpty();
        assertThat(tokens.verify(token("two", es))).isEmpty();
        assertThat(tokens.verify(token("three", hs))).isEmpty();
        assertThat(tokens.verify(token("four", hs))).isEmpty();
        assertThat(tokens.verify(claims().sign(hs))).isEmpty();
    }

    /** What only verifies may be read by everybody. */
    @Test
    void keys_setThatEverybodyCanRead_isDoubtfulWhenItHoldsASecret(@TempDir Path folder) throws IOException {
        String publicKey = jwk("two", (RSAPublicKey) RSA.getPublic());
        assertThat(doubts(folder, set(publicKey), "rw-r--r--")).isEmpty();
        assertThat(doubts(folder, set(publicKey, OCT), "rw-r--r--")).containsExactly("AUTH_JWKS_FILE");
        assertThat(doubts(folder, set(publicKey, OCT), "rw-r-----")).isEmpty();
    }

    private static List<String> doubts(Path folder, String set, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("set"), set);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
        SettingsReader settings = Settings.of(Map.of("AUTH_JWKS_FILE", file.toString()), Map.of());
        assertThat(CallerConfig.keys(settings).set()).isPresent();
        return settings.doubts().stream().map(SettingFault::setting).toList();
    }

    /** The oldest trick: the public key as the secret of an HMAC. */
    @Test
    void verify_publicKeyTakenForASecret_isNobody() {
        CallerTokens tokens = tokens(set(jwk("two", (RSAPublicKey) RSA.getPublic())));
        assertThat(tokens.verify(token("two", Algorithm.HMAC256(RSA.getPublic().getEncoded()))))
                .isEmpty();
    }

    @Test
    void verify_besidesASharedKey_asksTheKeyThatTheTokenNames() {
        Secret shared = new Secret("a-key-of-callers-in-tests-0123456789abcdef");
        CallerTokens tokens =
                new CallerTokens(new CallerKeys(Optional.of(shared), Optional.of(JwkSet.parse(set(OCT)))), clock);
        assertThat(tokens.verify(tokens.issue("door", Set.of(Role.READER), Duration.ofMinutes(1))))
                .isPresent();
        assertThat(tokens.verify(token("one", Algorithm.HMAC256(SECRET)))).isPresent();
        assertThat(tokens.verify(token("one", Algorithm.HMAC256(shared.bytes()))))
                .isEmpty();
    }

    @Test
    void replaceKeys_tokensOfAKeyThatIsGone_areNobodysAtOnce() {
        CallerTokens tokens = tokens(set(OCT));
        String token = token("one", Algorithm.HMAC256(SECRET));
        assertThat(tokens.verify(token)).isPresent();
        tokens.replaceKeys(keys(set(jwk("two", (RSAPublicKey) RSA.getPublic()))));
        assertThat(tokens.verify(token)).isEmpty();
        tokens.replaceKeys(keys(set(OCT)));
        assertThat(tokens.verify(token)).isPresent();
    }

    @Test
    void parse_keysOfOtherKindsAndUses_arePassedOver() {
        JwkSet set = JwkSet.parse(set(
                OCT,
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AA\"}",
                "{\"kty\":\"oct\",\"use\":\"enc\",\"k\":\"AA\"}",
                "{\"kty\":\"RSA\",\"alg\":\"RS512\",\"x5c\":[\"AA\"],\"key_ops\":[\"verify\"]}"));
        assertThat(set.byKid()).containsOnlyKeys("one");
        assertThat(set).hasToString("JwkSet[one]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"keys\":[]}",
                "{\"keys\":{}}",
                "{\"keys\":[1]}",
                "{\"keys\":[]} {}",
                "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"c2VzYW1l\"}]}",
                "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"s\",\"k\":\"sesame!\"}]}",
                "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"s\",\"crv\":\"P-521\",\"x\":\"AA\",\"y\":\"AA\"}]}",
                "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"s\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}",
                "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"s\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"d\":\"sesame\"}]}"
            })
    void parse_anythingElse_isRefusedWithoutAWordOfIt(String text) {
        assertThatThrownBy(() -> JwkSet.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContainingAny("sesame", "c2VzYW1l");
    }

    @Test
    void parse_twoKeysOfOneNameOrOneWithoutAny_isRefused() {
        for (String text : List.of(set(OCT, OCT), set(OCT.replace("\"kid\":\"one\",", "")))) {
            assertThatThrownBy(() -> JwkSet.parse(text)).hasMessageContaining("kid");
        }
    }

    private CallerTokens tokens(String set) {
        return new CallerTokens(keys(set), clock);
    }

    private static CallerKeys keys(String set) {
        return new CallerKeys(Optional.empty(), Optional.of(JwkSet.parse(set)));
    }

    private String token(String kid, Algorithm algorithm) {
        return claims().withKeyId(kid).sign(algorithm);
    }

    private JWTCreator.Builder claims() {
        return JWT.create()
                .withSubject("reports")
                .withAudience("herald")
                .withClaim("roles", List.of("reader"))
                .withExpiresAt(clock.instant().plusSeconds(600));
    }
}
