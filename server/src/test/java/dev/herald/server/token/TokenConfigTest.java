package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsException;
import dev.herald.server.config.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenConfigTest {
    private static final String KEY = "0123456789abcdefghijklmnopqrstuv";
    private static final String OLD = "vutsrqponmlkjihgfedcba9876543210";
    private static final String OLDER = "older,with-a-comma-9876543210-zyx";

    @Test
    void from_keyOf32Bytes_isTaken() {
        TokenConfig config = read(Map.of("JWT_SECRET_KEY", KEY));
        assertThat(config.currentKey().reveal()).isEqualTo(KEY);
        assertThat(config.previousKeys()).isEmpty();
    }

    @Test
    void from_absentKey_isAFaultThatSaysWhatToSet() {
        assertThatThrownBy(() -> read(Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("JWT_SECRET_KEY: is required")
                .hasMessageContaining("32 bytes");
    }

    @Test
    void from_weakKeys_areAllReportedAndNeverShown() {
        Map<String, String> settings = Map.of(
                "JWT_SECRET_KEY", KEY.substring(1), "JWT_PREVIOUS_SECRET_KEYS", OLD + ",short," + "x".repeat(40));
        assertThatThrownBy(() -> read(settings))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("JWT_SECRET_KEY: must be at least 32 bytes long, and has 31")
                .hasMessageContaining("JWT_PREVIOUS_SECRET_KEYS: key 2 must be at least 32 bytes long, and has 5")
                .hasMessageContaining("JWT_PREVIOUS_SECRET_KEYS: key 3 must not be one byte repeated")
                .hasMessageNotContaining("short")
                .hasMessageNotContaining(KEY.substring(1));
    }

    @Test
    void from_bytesNotCharacters_areCounted() {
        assertThatCode(() -> read(Map.of("JWT_SECRET_KEY", "äöüÄÖÜßéèêáàâóòô"))).doesNotThrowAnyException();
    }

    @Test
    void from_previousKeysByComma_leaveOutTheCurrentOne() {
        TokenConfig config =
                read(Map.of("JWT_SECRET_KEY", KEY, "JWT_PREVIOUS_SECRET_KEYS", OLD + ", " + KEY + ",," + OLD));
        assertThat(config.previousKeys()).extracting(key -> key.reveal()).containsExactly(OLD);
        assertThat(config.toString()).doesNotContain(KEY).doesNotContain(OLD);
    }

    @Test
    void from_previousKeysInAFile_areOneALine(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("keys");
        Files.writeString(file, OLD + "\r\n\n" + OLDER + "\n");
        TokenConfig config = read(Map.of("JWT_SECRET_KEY", KEY, "JWT_PREVIOUS_SECRET_KEYS_FILE", file.toString()));
        assertThat(config.previousKeys()).extracting(key -> key.reveal()).containsExactly(OLD, OLDER);
    }

    @Test
    void ring_keyMoves_keepsItsKid() {
        KeyRing before = KeyRing.of(read(Map.of("JWT_SECRET_KEY", OLD)));
        KeyRing after = KeyRing.of(read(Map.of("JWT_SECRET_KEY", KEY, "JWT_PREVIOUS_SECRET_KEYS", OLD)));
        assertThat(after.byKid(before.currentKid())).isNotNull();
        assertThat(after.currentKid()).isNotEqualTo(before.currentKid()).hasSize(16);
    }

    @Test
    void ring_knownKey_hasTheKidOfItsSha256() {
        // printf %s 0123456789abcdefghijklmnopqrstuv | openssl dgst -sha256 -binary | basenc --base64url | head -c 16
        assertThat(KeyRing.of(read(Map.of("JWT_SECRET_KEY", KEY))).currentKid()).isEqualTo("czN_R5_hcNc-U-JH");
    }

    private static TokenConfig read(Map<String, String> environment) {
        SettingsReader settings = Settings.of(environment, Map.of());
        TokenConfig config = TokenConfig.from(settings);
        settings.check();
        return config;
    }
}
