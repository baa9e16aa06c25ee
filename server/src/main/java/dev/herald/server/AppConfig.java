package dev.herald.server;

import dev.herald.server.config.SettingsReader;
import dev.herald.server.delivery.DeliveryConfig;
import dev.herald.server.mail.MailConfig;
import dev.herald.server.notification.NotificationConfig;
import dev.herald.server.persistence.DatabaseConfig;
import dev.herald.server.rpc.RpcConfig;
import dev.herald.server.telemetry.TelemetryConfig;
import dev.herald.server.token.TokenConfig;

/** The settings of every room. */
public record AppConfig(
        DatabaseConfig database,
        RpcConfig rpc,
        TokenConfig token,
        NotificationConfig notification,
        MailConfig mail,
        DeliveryConfig delivery,
        TelemetryConfig telemetry) {

    /**
     * Reads and checks all of them.
     *
     * @throws dev.herald.server.config.SettingsException naming every mistake at once
     */
    public static AppConfig from(SettingsReader settings) {
        DatabaseConfig database = DatabaseConfig.from(settings);
        RpcConfig rpc = RpcConfig.from(settings);
        TokenConfig token = TokenConfig.from(settings);
        NotificationConfig notification = NotificationConfig.from(settings);
        MailConfig mail = MailConfig.from(settings);
        DeliveryConfig delivery = DeliveryConfig.from(settings);
        TelemetryConfig telemetry = TelemetryConfig.from(settings);
        if (rpc.callerKey().filter(token.previousKeys()::contains).isPresent()) {
            settings.fault(
                    "AUTH_JWT_SECRET", "must not be one of JWT_PREVIOUS_SECRET_KEYS: callers could make links", "");
        }
        settings.check();
        return new AppConfig(database, rpc, token, notification, mail, delivery, telemetry);
    }
}
