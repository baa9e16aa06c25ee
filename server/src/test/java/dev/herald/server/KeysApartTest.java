package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.herald.server.caller.CallerAccess;
import dev.herald.server.config.FileWatch;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsException;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.system.CheckResult;
import dev.herald.server.testing.HeardLog;
import dev.herald.server.token.KeyRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** No key that links are made with is one of callers' keys, at the start and whichever side changes. */
class KeysApartTest {
    private static final String LINKS = "a-signing-key-of-tests-0123456789abcdef";
    private static final String OLDER = "an-older-signing-key-of-tests-0123456789abcdef";
    private static final String CALLERS = "a-key-of-callers-in-tests-0123456789abcdef";
    private static final String IN_SET = "a-key-in-the-set-of-tests-0123456789abcdef";

    @TempDir
    Path folder;

    @RegisterExtension
    final HeardLog logged = HeardLog.of(FileWatch.class);

    @BeforeEach
    void prepare() throws IOException {
        write("links", LINKS);
        write("previous", OLDER);
        write("callers", CALLERS);
        write("set", set(IN_SET));
    }

    @Test
    void start_anyKeyOnBothSides_isRefusedAndTheDoctorSaysSo() throws IOException {
        AppConfig.from(settings());
        for (String key : List.of(LINKS, OLDER)) {
            write("callers", key);
            assertRefused("AUTH_JWT_SECRET");
            write("callers", CALLERS);
            write("set", set(key));
            assertRefused("AUTH_JWKS_FILE");
            // Zeroes at its end change nothing of an HMAC.
            write("set", set(key + "\0"));
            assertRefused("AUTH_JWKS_FILE");
            write("set", set(IN_SET));
        }
    }

    @Test
    void reload_callersKeyThatMakesLinks_keepsTheOld() throws IOException {
        AppConfig usual = AppConfig.from(settings());
        AppConfig config = usual.with(usual.rpc(), Duration.ofMillis(10));
        CallerAccess access =
                CallerAccess.of(config.rpc().callers(), config.rpc().tls(), Clock.systemUTC());
        AtomicReference<KeyRing> ring = new AtomicReference<>(KeyRing.of(config.token()));
        try (SecretReloads reloads = new SecretReloads(config)) {
            reloads.follow(ring, access);
            reloads.follow(access);
            var before = access.callerKeys().orElseThrow();
            await().until(() -> access.callerKeys().orElseThrow() != before);
            var inUse = access.callerKeys().orElseThrow();
            for (String key : List.of(LINKS, OLDER)) {
                write("callers", key);
                awaitRefusal("AUTH_JWT_SECRET: must hold no key of");
                write("callers", CALLERS);
                write("set", set(key));
                awaitRefusal("AUTH_JWKS_FILE: must hold no key of");
                write("set", set(IN_SET));
            }
            assertThat(access.callerKeys()).containsSame(inUse);
        }
    }

    @Test
    void reload_linksKeyThatCallersHave_keepsTheOld() throws IOException {
        AppConfig usual = AppConfig.from(settings());
        AppConfig config = usual.with(usual.rpc(), Duration.ofMillis(10));
        CallerAccess access =
                CallerAccess.of(config.rpc().callers(), config.rpc().tls(), Clock.systemUTC());
        AtomicReference<KeyRing> ring = new AtomicReference<>(KeyRing.of(config.token()));
        KeyRing before = ring.get();
        try (SecretReloads reloads = new SecretReloads(config)) {
            reloads.follow(ring, access);
            await().until(() -> ring.get() != before);
            KeyRing inUse = ring.get();
            write("links", CALLERS);
            awaitRefusal("AUTH_JWT_SECRET: must hold no key of JWT_SECRET_KEY");
            write("links", LINKS);
            write("previous", OLDER + "\n" + IN_SET);
            awaitRefusal("AUTH_JWKS_FILE: must hold no key of JWT_PREVIOUS_SECRET_KEYS");
            // What callers' files say now counts less than what is in use.
            write("set", "broken");
            write("previous", OLDER + "\n" + CALLERS);
            awaitRefusal("AUTH_JWT_SECRET: must hold no key of JWT_PREVIOUS_SECRET_KEYS");
            assertThat(ring.get()).isSameAs(inUse);
            write("previous", "");
            await().until(() -> ring.get() != inUse);
        }
    }

    private void assertRefused(String setting) {
        assertThatThrownBy(() -> AppConfig.from(settings()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(setting + ": must hold no key of")
                .hasMessageNotContainingAny(LINKS, OLDER);
        assertThat(ConfigurationChecks.beforeStart(settings(), Clock.systemUTC()))
                .filteredOn(result -> result.outcome() == CheckResult.Outcome.FAILED)
                .anyMatch(result -> result.mend().startsWith(setting + ": must hold no key of"));
    }

    private void awaitRefusal(String fault) {
        await().until(() -> logged.lines().stream().anyMatch(line -> line.contains("the old stays: " + fault)));
        logged.forget();
    }

    private SettingsReader settings() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/none?user=none",
                "GRPC_PORT", "0",
                "METRICS_PORT", "0",
                "JWT_SECRET_KEY_FILE", file("links"),
                "JWT_PREVIOUS_SECRET_KEYS_FILE", file("previous"),
                "AUTH_JWT_SECRET_FILE", file("callers"),
                "AUTH_JWKS_FILE", file("set"),
                "ATTENDANCE_URL", "https://attendance.campus.example/mark",
                "DEFAULT_FROM_EMAIL", "Attendance <attendance@campus.example>",
                "EMAIL_BACKEND", "console"));
        return Settings.of(settings, Map.of());
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private void write(String name, String content) throws IOException {
        Path whole = Files.writeString(Files.createTempFile(folder, "", ""), content);
        Files.move(whole, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private static String set(String key) {
        String bytes = Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
        return "{\"keys\":[{\"kty\":\"oct\",\"kid\":\"one\",\"k\":\"" + bytes + "\"}]}";
    }
}
