package dev.herald.server.system;

import dev.herald.server.config.SettingsReader;
import dev.herald.server.mail.MailAddress;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Settings of this room.
 *
 * @param testEmailAllowed addresses that test mail may go to, and domains, in lower case
 */
public record SystemConfig(Set<String> testEmailAllowed) {
    public SystemConfig {
        testEmailAllowed = Set.copyOf(testEmailAllowed);
    }

    public static SystemConfig from(SettingsReader settings) {
        Optional<String> allowed = settings.text("TEST_EMAIL_ALLOWED");
        return new SystemConfig(allowed.map(text ->
                        settings.<Set<String>>parsed("TEST_EMAIL_ALLOWED", text, Set.of(), SystemConfig::recipients))
                .orElse(Set.of()));
    }

    /** Whether test mail may go there. */
    boolean allows(MailAddress address) {
        return testEmailAllowed.contains(address.text().toLowerCase(Locale.ROOT))
                || testEmailAllowed.contains(address.domain().toLowerCase(Locale.ROOT));
    }

    private static Set<String> recipients(String text) {
        Set<String> recipients = new HashSet<>();
        for (String part : text.split(",", -1)) {
            String one = part.strip();
            boolean isAddress = one.contains("@");
            MailAddress address = MailAddress.of(isAddress ? one : "any@" + one)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "must be addresses or domains with commas between, such as ops@example.org,example.com"));
            recipients.add((isAddress ? address.text() : address.domain()).toLowerCase(Locale.ROOT));
        }
        return recipients;
    }

    /** Without the addresses. */
    @Override
    public String toString() {
        return "SystemConfig[testEmailAllowed=" + testEmailAllowed.size() + "]";
    }
}
