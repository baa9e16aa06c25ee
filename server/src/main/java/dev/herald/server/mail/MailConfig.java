package dev.herald.server.mail;

import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Settings of this room.
 *
 * @param backend EMAIL_BACKEND
 * @param relays EMAIL_HOST with EMAIL_PORT, in order of preference; none unless the backend is SMTP
 * @param user EMAIL_HOST_USER
 * @param password EMAIL_HOST_PASSWORD
 * @param startTls EMAIL_USE_TLS: STARTTLS is required
 * @param implicitTls EMAIL_USE_SSL: TLS from the first byte
 * @param filePath EMAIL_FILE_PATH
 * @param sender DEFAULT_FROM_EMAIL
 * @param messageIdDomain MESSAGE_ID_DOMAIN
 * @param templateDirectory TEMPLATE_DIR
 */
public record MailConfig(
        Backend backend,
        List<RelayHost> relays,
        Optional<String> user,
        Optional<Secret> password,
        boolean startTls,
        boolean implicitTls,
        Path filePath,
        Mailbox sender,
        String messageIdDomain,
        Optional<Path> templateDirectory) {
    /** Where mail goes. */
    public enum Backend {
        SMTP,
        FILE,
        CONSOLE
    }

    private static final Mailbox NOBODY = Mailbox.parse("nobody@localhost");

    /** Reads them; mistakes are noted in the reader. */
    public static MailConfig from(SettingsReader settings) {
        Backend backend = settings.choice("EMAIL_BACKEND", Backend.SMTP);
        Mailbox sender = sender(settings);
        boolean implicitTls = settings.toggle("EMAIL_USE_SSL", false);
        MailConfig config = new MailConfig(
                backend,
                backend == Backend.SMTP ? relays(settings) : List.of(),
                settings.text("EMAIL_HOST_USER"),
                settings.secret("EMAIL_HOST_PASSWORD"),
                // Whoever asks for TLS from the first byte has not asked for STARTTLS by leaving its default.
                settings.toggle("EMAIL_USE_TLS", !implicitTls),
                implicitTls,
                settings.path("EMAIL_FILE_PATH").orElse(Path.of("mail")),
                sender,
                domain(settings, sender),
                templateDirectory(settings));
        config.checkTogether(settings);
        return config;
    }

    private void checkTogether(SettingsReader settings) {
        if (startTls && implicitTls) {
            settings.fault("EMAIL_USE_SSL", "can't be on together with EMAIL_USE_TLS; set one of them off", "");
        }
        if (user.isPresent() != password.isPresent() && !settings.isFaulty("EMAIL_HOST_PASSWORD")) {
            settings.fault("EMAIL_HOST_USER", "goes together with EMAIL_HOST_PASSWORD; set both or neither", "");
        }
        if (user.isPresent() && !startTls && !implicitTls) {
            settings.fault("EMAIL_HOST_USER", "needs EMAIL_USE_TLS or EMAIL_USE_SSL; no login goes out in clear", "");
        }
    }

    private static List<RelayHost> relays(SettingsReader settings) {
        int port = settings.integer("EMAIL_PORT", 587, 1, 65_535);
        String hosts = settings.required("EMAIL_HOST", "the relay's name, such as smtp.example.org");
        return hosts.isEmpty()
                ? List.of()
                : settings.parsed("EMAIL_HOST", hosts, List.of(), text -> RelayHost.parseAll(text, port));
    }

    private static Mailbox sender(SettingsReader settings) {
        String text =
                settings.required("DEFAULT_FROM_EMAIL", "the From address, such as Attendance <no-reply@example.org>");
        if (text.isEmpty()) {
            return NOBODY;
        }
        Mailbox sender = settings.parsed("DEFAULT_FROM_EMAIL", text, NOBODY, Mailbox::parse);
        return HeaderText.fault(text).isEmpty()
                ? sender
                : settings.fault("DEFAULT_FROM_EMAIL", "must be one line without control characters", NOBODY);
    }

    private static String domain(SettingsReader settings, Mailbox sender) {
        return settings.parsed(
                "MESSAGE_ID_DOMAIN",
                settings.text("MESSAGE_ID_DOMAIN", sender.address().domain()),
                sender.address().domain(),
                text -> MailAddress.of("id@" + text)
                        .orElseThrow(() -> new IllegalArgumentException("must be a domain name, such as example.org"))
                        .domain());
    }

    private static Optional<Path> templateDirectory(SettingsReader settings) {
        return settings.path("TEMPLATE_DIR")
                .map(path -> Files.isDirectory(path)
                        ? path
                        : settings.fault("TEMPLATE_DIR", "must be a folder that can be read", path));
    }
}
