package dev.herald.server;

import dev.herald.server.config.SettingsReader;
import dev.herald.server.mail.MailConfig;
import dev.herald.server.mail.MailConfig.Backend;
import dev.herald.server.mail.MailTransport;
import dev.herald.server.mail.Templates;
import dev.herald.server.notification.AttendanceTemplate;
import dev.herald.server.notification.NotificationConfig;
import dev.herald.server.system.CheckResult;
import dev.herald.server.system.CheckRunner;
import dev.herald.server.system.DatabaseCheck;
import dev.herald.server.system.FolderCheck;
import dev.herald.server.system.KeyCheck;
import dev.herald.server.system.PortCheck;
import dev.herald.server.system.RelayCheck;
import dev.herald.server.system.SenderCheck;
import dev.herald.server.system.SystemCheck;
import dev.herald.server.system.TlsFilesCheck;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which checks there are: one set for CheckConfiguration of a running server and for {@code doctor} before it runs. */
public final class ConfigurationChecks {
    private ConfigurationChecks() {}

    /**
     * What a running server finds, with the files that settings name as they are now.
     *
     * @param databaseUrl of the database in use
     */
    static List<CheckResult> whileServing(SettingsReader settings, String databaseUrl, Clock clock) {
        SettingsReader now = settings.again();
        AppConfig config = AppConfig.read(now);
        return results(
                now,
                checks(config, faulty(now), new DatabaseCheck(config.database().at(databaseUrl), clock), clock));
    }

    /**
     * Everything that is wrong with settings, and with what they name. What depends on a setting that is wrong itself is left out.
     */
    public static List<CheckResult> beforeStart(SettingsReader settings, Clock clock) {
        AppConfig config = AppConfig.read(settings);
        Set<String> faulty = faulty(settings);
        List<SystemCheck> checks =
                new ArrayList<>(checks(config, faulty, new DatabaseCheck(config.database(), clock), clock));
        if (right(faulty, "GRPC_HOST", "GRPC_PORT")) {
            checks.add(new PortCheck(
                    "port", "GRPC", config.rpc().host(), config.rpc().port()));
        }
        // The usual port may be taken: then metrics aren't served.
        if (right(faulty, "METRICS_HOST", "METRICS_PORT")) {
            config.telemetry()
                    .port()
                    .ifPresent(port -> checks.add(new PortCheck(
                            "metrics port", "METRICS", config.telemetry().host(), port)));
        }
        return results(settings, checks);
    }

    private static List<CheckResult> results(SettingsReader settings, List<SystemCheck> checks) {
        List<CheckResult> results = new ArrayList<>(settings.faults().stream()
                .map(fault -> CheckResult.failed("settings", name(fault) + " is missing or wrong", fault))
                .toList());
        if (results.isEmpty()) {
            results.add(CheckResult.ok("settings", "complete"));
        }
        results.addAll(CheckRunner.run(checks));
        return results;
    }

    /** The names of the settings that are wrong. */
    private static Set<String> faulty(SettingsReader settings) {
        return settings.faults().stream().map(ConfigurationChecks::name).collect(Collectors.toSet());
    }

    private static List<SystemCheck> checks(AppConfig config, Set<String> faulty, DatabaseCheck database, Clock clock) {
        List<SystemCheck> checks = new ArrayList<>();
        if (right(faulty, "JWT_SECRET_KEY", "JWT_PREVIOUS_SECRET_KEYS", "AUTH_JWT_SECRET", "AUTH_JWKS_FILE")) {
            checks.add(new KeyCheck(config.token(), config.rpc().callerKey()));
        }
        if (right(faulty, "GRPC_TLS_CERT", "GRPC_TLS_KEY", "GRPC_TLS_CLIENT_CA")) {
            config.rpc().tls().ifPresent(files -> checks.add(new TlsFilesCheck(files, clock)));
        }
        if (right(faulty, "DEFAULT_FROM_EMAIL", "MESSAGE_ID_DOMAIN")) {
            checks.add(new SenderCheck(config.mail()));
        }
        if (right(faulty, "TEMPLATE_DIR")) {
            checks.add(new TemplateCheck(config.mail(), config.notification()));
        }
        if (config.database().url().isEmpty()) {
            checks.add(new FolderCheck("HERALD_DATA_DIR", config.database().dataDirectory()));
        }
        if (right(faulty, "DATABASE_URL", "DATABASE_USER", "DATABASE_PASSWORD_FILE", "DIRECTORY")) {
            checks.add(database);
        }
        addMail(checks, config.mail(), faulty);
        return checks;
    }

    private static void addMail(List<SystemCheck> checks, MailConfig mail, Set<String> faulty) {
        if (mail.backend() == Backend.FILE) {
            checks.add(new FolderCheck("EMAIL_FILE_PATH", mail.filePath()));
        } else if (mail.backend() == Backend.SMTP
                && right(faulty, "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_USE_TLS", "EMAIL_USE_SSL")) {
            MailTransport.of(mail).forEach(transport -> checks.add(new RelayCheck(transport)));
        }
    }

    private static boolean right(Set<String> faulty, String... settings) {
        return List.of(settings).stream().noneMatch(faulty::contains);
    }

    private static String name(String fault) {
        return fault.substring(0, fault.indexOf(':'));
    }

    /** Whether the templates can be read, and name only variables that there are. */
    private record TemplateCheck(MailConfig mail, NotificationConfig notification) implements SystemCheck {
        @Override
        public String name() {
            return "templates";
        }

        @Override
        public String mend() {
            return "mend the file in the folder that TEMPLATE_DIR names, or take it away for the built-in one";
        }

        @Override
        public List<CheckResult> look() {
            var unused = new AttendanceTemplate(new Templates(mail.templateDirectory()), notification);
            return List.of(CheckResult.ok(name(), "can be read, and name only variables there are"));
        }
    }
}
