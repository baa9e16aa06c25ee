package dev.herald.server;

import dev.herald.server.caller.CallerConfig;
import dev.herald.server.caller.CallerKeys;
import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.delivery.DeliveryConfig;
import dev.herald.server.mail.MailConfig;
import dev.herald.server.notification.NotificationConfig;
import dev.herald.server.notification.RetentionConfig;
import dev.herald.server.persistence.DatabaseConfig;
import dev.herald.server.rpc.RpcConfig;
import dev.herald.server.system.SystemConfig;
import dev.herald.server.telemetry.TelemetryConfig;
import dev.herald.server.token.TokenConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of every room.
 *
 * @param settings what they were read from, for those whose files change while the server runs
 * @param fileLooks how often those files are looked at; no setting
 */
public record AppConfig(
        DatabaseConfig database,
        RpcConfig rpc,
        TokenConfig token,
        NotificationConfig notification,
        MailConfig mail,
        DeliveryConfig delivery,
        RetentionConfig retention,
        SystemConfig system,
        TelemetryConfig telemetry,
        SettingsReader settings,
        Duration fileLooks) {
    private static final Duration FILE_LOOKS = Duration.ofSeconds(1);

    /**
     * Reads and checks all of them.
     *
     * @throws dev.herald.server.config.SettingsException naming every mistake at once
     */
    public static AppConfig from(SettingsReader settings) {
        AppConfig config = read(settings);
        settings.check();
        return config;
    }

    /** Reads all of them; mistakes are noted in the reader, and defaults or nothing stand where they were made. */
    public static AppConfig read(SettingsReader settings) {
        DatabaseConfig database = DatabaseConfig.from(settings);
        RpcConfig rpc = RpcConfig.from(settings);
        TokenConfig token = TokenConfig.from(settings);
        NotificationConfig notification = NotificationConfig.from(settings);
        MailConfig mail = MailConfig.from(settings);
        DeliveryConfig delivery = DeliveryConfig.from(settings);
        TelemetryConfig telemetry = TelemetryConfig.from(settings);
        if (rpc.callers().auth() == CallerConfig.Auth.OFF && !RpcConfig.isLoopback(telemetry.host())) {
            settings.fault("AUTH", "off is only possible when METRICS_HOST is a loopback address too; use jwt", "");
        }
        rpc.callers().keys().ifPresent(callers -> checkKeysApart(settings, token, callers));
        return new AppConfig(
                database,
                rpc,
                token,
                notification,
                mail,
                delivery,
                RetentionConfig.from(settings),
                SystemConfig.from(settings),
                telemetry,
                settings,
                FILE_LOOKS);
    }

    /** The same with another server, and other looks at files, for tests that can't wait for the usual ones. */
    public AppConfig with(RpcConfig server, Duration looks) {
        return new AppConfig(
                database, server, token, notification, mail, delivery, retention, system, telemetry, settings, looks);
    }

    /**
     * AUTH_JWT_SECRET, checked as when the server starts; for making callers' tokens.
     *
     * @throws dev.herald.server.config.SettingsException when it can't be used
     */
    public static Secret callerKey(SettingsReader settings) {
        Optional<Secret> key = CallerConfig.secret(settings);
        // Where tokens are made, the keys of links need not be known, and may be wrong.
        TokenConfig links = TokenConfig.from(settings.again());
        checkKeysApart(settings, links, new CallerKeys(key, Optional.empty()));
        settings.check();
        return key.orElseThrow();
    }

    /** Notes a fault for each key of links that is a key of callers too: whoever makes callers' tokens could make links. */
    static void checkKeysApart(SettingsReader settings, TokenConfig links, CallerKeys callers) {
        note(settings, "JWT_SECRET_KEY", links.currentKey(), callers);
        links.previousKeys().forEach(key -> note(settings, "JWT_PREVIOUS_SECRET_KEYS", key, callers));
    }

    private static void note(SettingsReader settings, String setting, Secret key, CallerKeys callers) {
        if (!key.reveal().isEmpty()) {
            callers.settingsWith(key)
                    .forEach(theirs -> settings.fault(
                            theirs, "must hold no key of " + setting + ": callers could make links", ""));
        }
    }
}
