package dev.herald.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.herald.server.config.Settings;
import dev.herald.server.config.SettingsException;
import dev.herald.server.config.SettingsReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MailConfigTest {
    @Test
    void from_leastSettings_hasTheDefaults() {
        MailConfig config = read(Map.of("EMAIL_HOST", "smtp.example.org", "DEFAULT_FROM_EMAIL", "a@faß.de"));
        assertThat(config.relays()).containsExactly(new RelayHost("smtp.example.org", 587));
        assertThat(config.startTls()).isTrue();
        assertThat(config.implicitTls()).isFalse();
        assertThat(config.filePath()).isEqualTo(Path.of("mail"));
        assertThat(config.messageIdDomain()).isEqualTo("xn--fa-hia.de");
    }

    @Test
    void from_severalRelays_keepsTheirOrder() {
        MailConfig config = read(Map.of(
                "EMAIL_HOST", "a, b:25,[::1]:2525",
                "EMAIL_PORT", "465",
                "EMAIL_USE_SSL", "on",
                "DEFAULT_FROM_EMAIL", "Attendance <a@example.org>",
                "MESSAGE_ID_DOMAIN", "id.example.org"));
        assertThat(config.relays())
                .containsExactly(new RelayHost("a", 465), new RelayHost("b", 25), new RelayHost("::1", 2525));
        assertThat(config.relays()).map(RelayHost::toString).contains("[::1]:2525");
        assertThat(config.startTls()).isFalse();
        assertThat(config.sender().name()).contains("Attendance");
        assertThat(config.messageIdDomain()).isEqualTo("id.example.org");
    }

    @Test
    void from_fileBackend_needsNoHost() {
        MailConfig config = read(Map.of("EMAIL_BACKEND", "file", "DEFAULT_FROM_EMAIL", "a@example.org"));
        assertThat(config.relays()).isEmpty();
        assertThat(MailTransport.of(config)).singleElement().isInstanceOf(FileTransport.class);
    }

    @Test
    void from_manyMistakes_namesAllAtOnceAndNoSecret() {
        assertThatThrownBy(() -> read(Map.of(
                        "EMAIL_USE_TLS", "on",
                        "EMAIL_USE_SSL", "on",
                        "EMAIL_HOST_PASSWORD", "hunter2",
                        "EMAIL_HOST", "a b",
                        "EMAIL_PORT", "0",
                        "DEFAULT_FROM_EMAIL", "nobody",
                        "MESSAGE_ID_DOMAIN", "-x",
                        "TEMPLATE_DIR", "/nowhere/at/all")))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(names(e.faults()))
                                .containsExactlyInAnyOrder(
                                        "EMAIL_USE_SSL",
                                        "EMAIL_HOST_USER",
                                        "EMAIL_HOST",
                                        "EMAIL_PORT",
                                        "DEFAULT_FROM_EMAIL",
                                        "MESSAGE_ID_DOMAIN",
                                        "TEMPLATE_DIR"))
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void from_loginWithoutTls_isRefused() {
        assertThatThrownBy(() -> read(Map.of(
                        "EMAIL_HOST", "a",
                        "EMAIL_USE_TLS", "off",
                        "EMAIL_HOST_USER", "u",
                        "EMAIL_HOST_PASSWORD", "p",
                        "DEFAULT_FROM_EMAIL", "a@example.org")))
                .hasMessageContaining("no login goes out in clear");
    }

    @Test
    void from_nothing_asksForSenderAndHost() {
        assertThatThrownBy(() -> read(Map.of()))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        e -> assertThat(names(e.faults()))
                                .containsExactlyInAnyOrder("EMAIL_HOST", "DEFAULT_FROM_EMAIL"));
    }

    private static List<String> names(List<String> faults) {
        return faults.stream()
                .map(fault -> fault.substring(0, fault.indexOf(':')))
                .toList();
    }

    private static MailConfig read(Map<String, String> environment) {
        SettingsReader settings = Settings.of(environment, Map.of());
        MailConfig config = MailConfig.from(settings);
        settings.check();
        return config;
    }
}
