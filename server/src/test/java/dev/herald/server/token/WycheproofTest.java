package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.server.config.Secret;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsException;
import dev.herald.server.config.SettingsReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** B35: Wycheproof's HS256 signatures and keys. */
class WycheproofTest {
    /** Marked valid though a '?' stands in header or payload: being stricter is right. */
    private static final Set<Integer> STRICTER = Set.of(372, 373);

    private static final TokenVerdict VALID =
            new TokenVerdict.Valid(new TokenClaims("id-1", 7, 42, ForgedToken.NOW, ForgedToken.NOW + 3600));

    private record Vector(int id, String comment, boolean valid, String jws, String kid, byte[] key) {
        TokenVerifier verifier() {
            KeyRing ring = new KeyRing(new TokenKey(kid, key), List.of());
            return new TokenVerifier(ring, Clock.fixed(Instant.ofEpochSecond(ForgedToken.NOW), ZoneOffset.UTC));
        }
    }

    @Test
    void corpus_hs256_isComplete() throws IOException {
        assertThat(signatures()).hasSize(40);
        assertThat(signatures().stream().filter(Vector::valid)).hasSize(10);
    }

    @TestFactory
    Stream<DynamicTest> verify_vectorAsItIs_neverVerifies() throws IOException {
        // Not even the valid ones: their type and payload are not ours.
        return signatures().stream()
                .map(vector -> DynamicTest.dynamicTest(
                        vector.id + " " + vector.comment,
                        () -> assertThat(vector.verifier().verify(vector.jws))
                                .isInstanceOf(TokenVerdict.Refused.class)));
    }

    @TestFactory
    Stream<DynamicTest> verify_twinOfOurType_verifiesWhereTheVectorIsValid() throws IOException {
        return signatures().stream()
                .map(vector -> DynamicTest.dynamicTest(vector.id + " " + vector.comment, () -> {
                    boolean expected = vector.valid && !STRICTER.contains(vector.id);
                    TokenVerdict verdict = vector.verifier().verify(Twin.of(vector));
                    if (expected) {
                        assertThat(verdict).isEqualTo(VALID);
                    } else {
                        assertThat(verdict).isInstanceOf(TokenVerdict.Refused.class);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> from_keyOfAnyLength_isTakenFrom32BytesOn() throws IOException {
        List<JsonNode> groups = groups("json_web_key_test.json").toList();
        List<DynamicTest> tests = groups.stream()
                .filter(group -> group.path("comment").asText().matches("HS(256|384|512)"))
                .map(group -> DynamicTest.dynamicTest(
                        group.path("comment").asText() + " "
                                + group.path("tests").path(0).path("comment").asText(),
                        () -> checkKey(group)))
                .toList();
        assertThat(tests).hasSize(9);
        return tests.stream();
    }

    /** Only HS256 is ours, so what is too short for HS384 is judged by HS256's measure. */
    private static void checkKey(JsonNode group) {
        byte[] key = key(group.path("private").path("keys").path(0));
        String text = new String(key, StandardCharsets.ISO_8859_1).replaceAll("[^!-~]", "x");
        SettingsReader settings = Settings.of(Map.of("JWT_SECRET_KEY", text), Map.of());
        TokenConfig config = TokenConfig.from(settings);
        if (key.length >= 32) {
            settings.check();
            assertThat(config.currentKey()).isEqualTo(new Secret(text));
        } else {
            org.assertj.core.api.Assertions.assertThatThrownBy(settings::check).isInstanceOf(SettingsException.class);
        }
    }

    /** The vector's token with our type and a JSON payload: every part that the vector broke is broken the same way. */
    private static final class Twin {
        private static final String PLAIN = "eyJraWQiOiJoczI1Ni1rZXkiLCJhbGciOiJIUzI1NiJ9";

        static String of(Vector vector) {
            String[] parts = vector.jws.split("\\.", -1);
            String payload = ForgedToken.base64url(ForgedToken.bytes(ForgedToken.GOOD_PAYLOAD + "  "));
            String header = header(parts[0], vector.kid);
            String good = ForgedToken.signed(header + "." + payload, vector.key);
            return switch (vector.comment) {
                case "rejectsModifiedSignature" ->
                    good.substring(0, good.lastIndexOf('.') + 1) + other(signature(good));
                case "rejectsMissingSignature" -> header + "." + payload + ".";
                case "rejectsMissingSignatureAndSeparator" -> header + "." + payload;
                case "rejectsModifiedPayload" -> header + "." + other(payload) + "." + signature(good);
                case "rejectsMissingPayload" -> header + ".." + signature(good);
                case "rejectsMissingPayloadAndSeparator" -> header + "." + signature(good);
                case "rejectsModifiedHeader" ->
                    ForgedToken.signed(header("eyJhbGciOiJIUzI1NiIsImtpZCI6IlhpZC1hZXMtc2lnbiJ9", ""), vector.key);
                case "rejectsMissingHeader" -> "." + payload + "." + signature(good);
                case "rejectsMissingHeaderAndSeparator" -> payload + "." + signature(good);
                case "rejectsMissingHeaderAndSignature" -> "." + payload + ".";
                case "rejectsMissingHeaderSignatureAndSeparators" -> payload;
                case "rejectsEmptyString", "rejectsValidJsonSerialization" -> vector.jws;
                case "rejectsExtraEmptyComponent" -> good + ".";
                case "rejectsExtraComponent" -> good + ".foo";
                case "rejectsNoneAlgorithmAndMissingSignature" -> header + "." + payload + ".";
                case "rejectsSpacesInMac" -> spaced(good);
                case "rejectsInvalidCharacterInsertedInMac" -> vector.id == 361 ? inserted(good, "?") : good + "?";
                case "rejects0ReplacedbyInvalidCharacter", "rejectsInvalidCharacters" ->
                    good.substring(0, good.lastIndexOf('.') + 1) + "?"
                            + signature(good).substring(1);
                case "spacesInHeader" ->
                    ForgedToken.signed(header.substring(0, 9) + "  " + header.substring(9) + "." + payload, vector.key);
                case "invalidCharactersInHeader" ->
                    ForgedToken.signed(
                            header.substring(0, 9) + "\"?" + header.substring(9) + "." + payload, vector.key);
                case "invalidBase64Padding" -> ForgedToken.signed(header + "=." + payload, vector.key);
                case "spacesInPayload" ->
                    ForgedToken.signed(header + "." + payload.substring(0, 2) + " " + payload.substring(2), vector.key);
                case "invalidCharactersInPayload", "InvalidCharacterInPayload" ->
                    ForgedToken.signed(header + "." + payload.substring(0, 2) + "?" + payload.substring(2), vector.key);
                case "invalidBase64PaddingInPayload" -> header + "." + payload + "=." + signature(good);
                case "InvalidCharacterInsertedInHeader" ->
                    header.substring(0, 4) + "?" + header.substring(4) + "." + payload + "." + signature(good);
                case "InvalidCharacterInsertedInPayload" -> header + "." + payload + "?." + signature(good);
                case "ModifiedUnusedBitsInPayload", "MacOfIncorrectlyEncodedMessage" ->
                    ForgedToken.signed(header + "." + unusedBits(payload), vector.key);
                default -> good;
            };
        }

        /** The vector's own header, where it is one, with our type added. */
        private static String header(String part, String kid) {
            String json;
            try {
                json = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                json = "";
            }
            if (!json.endsWith("}")) {
                json = new String(Base64.getUrlDecoder().decode(PLAIN), StandardCharsets.UTF_8)
                        .replace("hs256-key", kid);
            }
            return ForgedToken.base64url(
                    ForgedToken.bytes(json.substring(0, json.length() - 1) + ",\"typ\":\"attendance+jwt\"}"));
        }

        private static String signature(String token) {
            return token.substring(token.lastIndexOf('.') + 1);
        }

        private static String inserted(String token, String text) {
            int at = token.lastIndexOf('.') + 1;
            return token.substring(0, at) + text + token.substring(at);
        }

        private static String spaced(String token) {
            return inserted(token, "    ");
        }

        private static String other(String part) {
            return (part.charAt(0) == 'X' ? 'Y' : 'X') + part.substring(1);
        }

        private static String unusedBits(String payload) {
            int last = payload.length() - 1;
            assertThat(payload.length() % 4).as("has unused bits").isNotZero();
            return payload.substring(0, last) + (char) (payload.charAt(last) + 1);
        }
    }

    private static List<Vector> signatures() throws IOException {
        return groups("json_web_signature_test.json")
                .filter(group ->
                        "HS256".equals(group.path("private").path("alg").asText()))
                .flatMap(group -> StreamSupport.stream(group.path("tests").spliterator(), false)
                        .map(test -> vector(group.path("private"), test)))
                .toList();
    }

    private static Vector vector(JsonNode key, JsonNode test) {
        JsonNode jws = test.path("jws");
        return new Vector(
                test.path("tcId").asInt(),
                test.path("comment").asText(),
                "valid".equals(test.path("result").asText()),
                jws.isTextual() ? jws.asText() : jws.toString(),
                key.path("kid").asText(),
                key(key));
    }

    private static byte[] key(JsonNode jwk) {
        return Base64.getUrlDecoder().decode(jwk.path("k").asText());
    }

    private static Stream<JsonNode> groups(String file) throws IOException {
        String corpora = System.getenv("CORPORA_DIR");
        assumeTrue(corpora != null, "skipped: CORPORA_DIR names no folder of test corpora");
        JsonNode root =
                new ObjectMapper().readTree(Path.of(corpora, "wycheproof", file).toFile());
        return StreamSupport.stream(root.path("testGroups").spliterator(), false);
    }
}
