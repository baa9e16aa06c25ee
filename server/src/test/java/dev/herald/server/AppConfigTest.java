package dev.herald.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.herald.server.config.SettingCatalogue;
import dev.herald.server.config.SettingCatalogue.Setting;
import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppConfigTest {
    private static final String KEY = "a-signing-key-of-tests-0123456789abcdef";
    private static final String CALLER_KEY = "a-key-of-callers-in-tests-0123456789abcdef";
    private static final Map<String, String> COMPLETE = Map.of(
            "JWT_SECRET_KEY", KEY,
            "AUTH_JWT_SECRET", CALLER_KEY,
            "ATTENDANCE_URL", "https://attendance.example.org/mark",
            "DEFAULT_FROM_EMAIL", "Attendance <attendance@example.org>",
            "EMAIL_HOST", "smtp.example.org");

    @Test
    void from_nothing_namesEveryRequiredSettingAtOnce() {
        assertThat(names(faults(Map.of())))
                .containsExactlyInAnyOrder(
                        "AUTH_JWT_SECRET", "JWT_SECRET_KEY", "ATTENDANCE_URL", "DEFAULT_FROM_EMAIL", "EMAIL_HOST");
    }

    @Test
    void from_theRequiredOnes_isComplete() {
        AppConfig config = config(COMPLETE);
        assertThat(config.rpc().host()).isEqualTo("127.0.0.1");
        assertThat(config.rpc().port()).isEqualTo(9090);
        assertThat(config.database().url()).isEmpty();
        assertThat(config.database().poolSize()).isEqualTo(10);
        assertThat(config.mail().startTls()).isTrue();
        assertThat(config.mail().messageIdDomain()).isEqualTo("example.org");
        assertThat(config.delivery().maxRetries()).isEqualTo(3);
        assertThat(config.delivery().lease()).hasSeconds(60);
        assertThat(config.notification().expiry().toString()).contains("SESSION_START", "PT1H");
    }

    @Test
    void from_complete_printsNoSecret() {
        Map<String, String> settings = with(Map.of(
                "DATABASE_PASSWORD", "sesame-1",
                "EMAIL_HOST_USER", "herald",
                "EMAIL_HOST_PASSWORD", "sesame-2",
                "JWT_PREVIOUS_SECRET_KEYS", "sesame-3-0123456789-0123456789-0123456789"));
        assertThat(config(settings).toString()).doesNotContain("sesame", KEY, CALLER_KEY);
    }

    @Test
    void from_aMistakeInEverySetting_namesThemAllWithoutSecrets() {
        Map<String, String> settings = with(Map.ofEntries(
                Map.entry("DATABASE_URL", "mysql://root:sesame@localhost/herald"),
                Map.entry("DATABASE_POOL_SIZE", "0"),
                Map.entry("DIRECTORY", "theirs"),
                Map.entry("GRPC_PORT", "70000"),
                Map.entry("GRPC_REFLECTION", "perhaps"),
                Map.entry("GRPC_TLS_CERT", "/does/not/exist.pem"),
                Map.entry("GRPC_MAX_MESSAGE_BYTES", "1"),
                Map.entry("GRPC_MAX_CONNECTIONS", "0"),
                Map.entry("AUTH", "basic"),
                Map.entry("AUTH_JWKS_FILE", "/does/not/exist.json"),
                Map.entry("AUTH_ROLES", "spiffe://campus/reports=wizard"),
                Map.entry("CALLER_RATE_LIMIT", "0"),
                Map.entry("AUTH_JWT_SECRET", "sesame"),
                Map.entry("JWT_SECRET_KEY", "sesame"),
                Map.entry("JWT_PREVIOUS_SECRET_KEYS", "sesame"),
                Map.entry("TOKEN_EXPIRY_MINUTES", "0"),
                Map.entry("TOKEN_EXPIRY_POLICY", "never"),
                Map.entry("ATTENDANCE_URL", "ftp://example.org"),
                Map.entry("EMAIL_BACKEND", "smtp"),
                Map.entry("EMAIL_HOST", "a b"),
                Map.entry("EMAIL_PORT", "smtp"),
                Map.entry("EMAIL_HOST_USER", "herald"),
                Map.entry("EMAIL_USE_TLS", "starttls"),
                Map.entry("EMAIL_USE_SSL", "no"),
                Map.entry("DEFAULT_FROM_EMAIL", "somebody"),
                Map.entry("MESSAGE_ID_DOMAIN", "exa mple"),
                Map.entry("TEMPLATE_DIR", "/does/not/exist"),
                Map.entry("TIME_ZONE", "Mars/Base"),
                Map.entry("SMTP_CONNECTIONS", "0"),
                Map.entry("SMTP_MAILS_PER_CONNECTION", "0"),
                Map.entry("SMTP_RATE_LIMIT", "0"),
                Map.entry("SMTP_DOMAIN_RATE_LIMITS", "example.org=many"),
                Map.entry("DELIVERY", "maybe"),
                Map.entry("DELIVERY_WAKEUP", "shout"),
                Map.entry("DELIVERY_LEASE_SECONDS", "1"),
                Map.entry("DELIVERY_MAX_RETRIES", "-1"),
                Map.entry("METRICS_PORT", "-1")));
        List<String> faults = faults(settings);
        Set<String> expected = new TreeSet<>(settings.keySet());
        expected.remove("EMAIL_BACKEND");
        assertThat(new TreeSet<>(names(faults))).isEqualTo(expected);
        assertThat(faults).doesNotHaveDuplicates().noneMatch(fault -> fault.contains("sesame"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "attendance",
                "example.org/mark",
                "https://",
                "https:///mark",
                "https://e.org/#x",
                "ht tp://e.org"
            })
    void from_attendanceUrlThatLeadsNowhere_saysWhatWouldBeRight(String url) {
        assertThat(faults(with(Map.of("ATTENDANCE_URL", url))))
                .containsExactly("ATTENDANCE_URL: must be an http or https address with a host and without #fragment");
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres://localhost/herald", "localhost", "jdbc:postgresql://localhost:port/herald"})
    void from_databaseUrlTheDriverCannotRead_isAFault(String url) {
        assertThat(faults(with(Map.of("DATABASE_URL", url))))
                .containsExactly("DATABASE_URL: must be like jdbc:postgresql://host:5432/database");
    }

    @Test
    void from_sharedDirectoryWithoutADatabase_isAFault() {
        assertThat(names(faults(with(Map.of("DIRECTORY", "shared"))))).containsExactly("DIRECTORY");
    }

    @Test
    void from_clientCertificatesWantedAndHalfOfIt_namesWhatIsMissing() {
        assertThat(names(faults(with(Map.of("AUTH", "mtls")))))
                .containsExactlyInAnyOrder("GRPC_TLS_CLIENT_CA", "AUTH_ROLES");
        assertThat(names(faults(with(Map.of("GRPC_TLS_CLIENT_CA", "/does/not/exist.pem")))))
                .containsExactlyInAnyOrder("GRPC_TLS_CLIENT_CA", "GRPC_TLS_CLIENT_CA");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void from_authOffForOthersThanThisMachine_isAFault(String host) {
        assertThat(names(faults(with(Map.of("AUTH", "off", "GRPC_HOST", host)))))
                .containsExactly("AUTH");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "localhost"})
    void from_authOffOnLoopback_needsNoCallerKey(String host) {
        Map<String, String> settings = with(Map.of("AUTH", "off", "GRPC_HOST", host));
        settings.remove("AUTH_JWT_SECRET");
        assertThat(config(settings).rpc().callers().secret()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"JWT_SECRET_KEY,31", "AUTH_JWT_SECRET,31", "JWT_SECRET_KEY,1", "AUTH_JWT_SECRET,1"})
    void from_shortKey_isAFault(String name, int length) {
        assertThat(faults(with(Map.of(name, KEY.substring(0, length)))))
                .singleElement()
                .asString()
                .startsWith(name + ": must be at least 32 bytes long, and has " + length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT_SECRET_KEY", "AUTH_JWT_SECRET", "JWT_PREVIOUS_SECRET_KEYS"})
    void from_keyOfOneByteOrFromAManual_isAFault(String name) {
        assertThat(names(faults(with(Map.of(name, "x".repeat(64)))))).containsExactly(name);
        assertThat(names(faults(with(Map.of(name, "a-string-secret-at-least-256-bits-long")))))
                .containsExactly(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT_SECRET_KEY", "AUTH_JWT_SECRET", "EMAIL_HOST_PASSWORD", "DATABASE_PASSWORD"})
    void from_fileOfASecretThatIsNotThere_isThatOneFault(String name) {
        Map<String, String> settings = with(Map.of("EMAIL_HOST_USER", "herald", "EMAIL_HOST_PASSWORD", "sesame"));
        settings.remove(name);
        settings.put(name + "_FILE", "/does/not/exist");
        assertThat(faults(settings))
                .containsExactly(name + "_FILE: can't read /does/not/exist; name a readable UTF-8 file");
    }

    @Test
    void from_oneKeyForCallersAndLinks_isAFault() {
        assertThat(names(faults(with(Map.of("AUTH_JWT_SECRET", KEY))))).containsExactly("AUTH_JWT_SECRET");
        assertThat(names(faults(with(Map.of("JWT_PREVIOUS_SECRET_KEYS", CALLER_KEY)))))
                .containsExactly("AUTH_JWT_SECRET");
    }

    @Test
    void from_emailBackendThatNeedsNoRelay_isCompleteWithoutOne() {
        Map<String, String> settings = with(Map.of("EMAIL_BACKEND", "console"));
        settings.remove("EMAIL_HOST");
        assertThat(config(settings).mail().relays()).isEmpty();
    }

    @Test
    void catalogue_andTheSettingsRead_areTheSame() {
        Set<String> listed = new TreeSet<>();
        SettingCatalogue.all().forEach(setting -> listed.add(setting.name()));
        assertThat(listed).hasSize(SettingCatalogue.all().size()).isEqualTo(namesInSources());
    }

    @Test
    void catalogue_requiredOnes_areThoseMissedWithoutSettings() {
        assertThat(SettingCatalogue.all().stream()
                        .filter(setting -> setting.fallback().startsWith("required"))
                        .map(Setting::name))
                .containsExactlyInAnyOrderElementsOf(names(faults(Map.of())));
    }

    @Test
    void from_inTheCatalogueTheDefaults_changeNothing() {
        Map<String, String> settings = new HashMap<>();
        SettingCatalogue.all().stream()
                .filter(setting -> !setting.fallback().isEmpty())
                .filter(setting -> !Set.of("DATABASE_URL", "MESSAGE_ID_DOMAIN", "METRICS_PORT")
                        .contains(setting.name()))
                .forEach(setting -> settings.put(setting.name(), setting.fallback()));
        settings.putAll(COMPLETE);
        assertThat(config(settings).toString().replace("./", ""))
                .isEqualTo(config(COMPLETE).toString());
    }

    @Test
    void from_wrongValue_isAnExceptionThatSaysHowMany() {
        assertThatThrownBy(() -> config(with(Map.of("GRPC_PORT", "x"))))
                .hasMessage("1 setting(s) to mend:\n  GRPC_PORT: must be a whole number from 0 to 65535");
    }

    /** The names of settings in the classes that read them: XConfig, and the command line. */
    private static Set<String> namesInSources() {
        Pattern name = Pattern.compile("(?:settings\\s*\\.\\w+\\(|String \\w+ =)\\s*\"([A-Z_]+)\"");
        Set<String> names = new TreeSet<>();
        for (Path file : configSources()) {
            Matcher matcher = name.matcher(content(file));
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    private static List<Path> configSources() {
        Path sources = Path.of(System.getProperty("herald.root"), "server/src/main/java/dev/herald/server");
        try (Stream<Path> files = Files.walk(sources)) {
            return files.filter(file -> file.toString().endsWith("Config.java")
                            || file.endsWith("TlsFiles.java")
                            || file.getParent().endsWith("cli"))
                    .filter(Files::isRegularFile)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> with(Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(COMPLETE);
        settings.putAll(others);
        return settings;
    }

    private static AppConfig config(Map<String, String> settings) {
        return AppConfig.from(Settings.of(settings, Map.of()));
    }

    private static List<String> faults(Map<String, String> settings) {
        SettingsException refusal = catchThrowableOfType(SettingsException.class, () -> config(settings));
        assertThat(refusal).as("nothing was wrong").isNotNull();
        return refusal.faults();
    }

    private static List<String> names(List<String> faults) {
        return faults.stream()
                .map(fault -> fault.substring(0, fault.indexOf(':')))
                .toList();
    }
}
