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
import dev.herald.server.telemetry.Telemetry;
import dev.herald.server.telemetry.TelemetryConfig;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
                now, checks(config, now, new DatabaseCheck(config.database().at(databaseUrl), clock), clock));
    }

    /**
     * Everything that is wrong with settings, and with what they name. What depends on a setting that is wrong itself is left out.
     */
    public static List<CheckResult> beforeStart(SettingsReader settings, Clock clock) {
        AppConfig config = AppConfig.read(settings);
        List<SystemCheck> checks =
                new ArrayList<>(checks(config, settings, new DatabaseCheck(config.database(), clock), clock));
        if (config.telemetry().traces() && right(settings, "OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_PROTOCOL")) {
            checks.add(new TracesCheck(config.telemetry()));
        }
        if (right(settings, "GRPC_HOST", "GRPC_PORT")) {
            checks.add(new PortCheck(
                    "port", "GRPC", config.rpc().host(), config.rpc().port()));
        }
        // The usual port may be taken: then metrics aren't served.
        if (right(settings, "METRICS_HOST", "METRICS_PORT")) {
            config.telemetry()
                    .port()
                    .ifPresent(port -> checks.add(new PortCheck(
                            "metrics port", "METRICS", config.telemetry().host(), port)));
        }
        return results(settings, checks);
    }

    private static List<CheckResult> results(SettingsReader settings, List<SystemCheck> checks) {
        List<CheckResult> results = new ArrayList<>();
        settings.faults()
                .forEach(fault -> results.add(CheckResult.failed("settings", fault.finding(), fault.toString())));
        if (results.isEmpty()) {
            results.add(CheckResult.ok("settings", "complete"));
        }
        settings.doubts()
                .forEach(doubt -> results.add(CheckResult.warning("settings", doubt.finding(), doubt.toString())));
        results.addAll(CheckRunner.run(checks));
        return results;
    }

    private static List<SystemCheck> checks(
            AppConfig config, SettingsReader settings, DatabaseCheck database, Clock clock) {
        List<SystemCheck> checks = new ArrayList<>();
        if (right(settings, "JWT_SECRET_KEY", "JWT_PREVIOUS_SECRET_KEYS", "AUTH_JWT_SECRET", "AUTH_JWKS_FILE")) {
            checks.add(new KeyCheck(config.token(), config.rpc().callers().secret()));
        }
        if (right(settings, "GRPC_TLS_CERT", "GRPC_TLS_KEY", "GRPC_TLS_CLIENT_CA")) {
            config.rpc().tls().ifPresent(files -> checks.add(new TlsFilesCheck(files, clock)));
        }
        if (right(settings, "DEFAULT_FROM_EMAIL", "MESSAGE_ID_DOMAIN")) {
            checks.add(new SenderCheck(config.mail()));
        }
        if (right(settings, "TEMPLATE_DIR")) {
            checks.add(new TemplateCheck(config.mail(), config.notification()));
        }
        if (config.database().url().isEmpty()) {
            checks.add(new FolderCheck("HERALD_DATA_DIR", config.database().dataDirectory()));
        }
        if (right(settings, "DATABASE_URL", "DATABASE_USER", "DATABASE_PASSWORD", "DIRECTORY")) {
            checks.add(database);
        }
        addMail(checks, config.mail(), settings);
        return checks;
    }

    private static void addMail(List<SystemCheck> checks, MailConfig mail, SettingsReader settings) {
        if (mail.backend() == Backend.FILE) {
            checks.add(new FolderCheck("EMAIL_FILE_PATH", mail.filePath()));
        } else if (mail.backend() == Backend.SMTP
                && right(
                        settings,
                        "EMAIL_HOST",
                        "EMAIL_PORT",
                        "EMAIL_HOST_USER",
                        "EMAIL_HOST_PASSWORD",
                        "EMAIL_USE_TLS",
                        "EMAIL_USE_SSL")) {
            MailTransport.of(mail).forEach(transport -> checks.add(new RelayCheck(transport)));
        }
    }

    private static boolean right(SettingsReader settings, String... names) {
        return Stream.of(names).noneMatch(settings::isFaulty);
    }

    /** Whether OpenTelemetry can follow its settings; whether a collector is there shows when spans leave. */
    private record TracesCheck(TelemetryConfig telemetry) implements SystemCheck {
        @Override
        public String name() {
            return "traces";
        }

        @Override
        public String mend() {
            return "mend the setting that begins with OTEL_, or take it away";
        }

        @Override
        public List<CheckResult> look() {
            Telemetry.tryTraces(telemetry);
            return List.of(CheckResult.ok(name(), "the export can be started"));
        }
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
