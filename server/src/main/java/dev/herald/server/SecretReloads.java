package dev.herald.server;

import dev.herald.server.caller.CallerAccess;
import dev.herald.server.config.FileWatch;
import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import dev.herald.server.persistence.Database;
import dev.herald.server.token.KeyRing;
import dev.herald.server.token.TokenConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** Has keys, certificates and passwords taken from their files again when those change. */
final class SecretReloads implements AutoCloseable {
    private final SettingsReader settings;
    private final AppConfig config;
    private final FileWatch files;
    /** Links' keys in use. Touched by the watch's thread alone. */
    private TokenConfig links;

    SecretReloads(AppConfig config) {
        this.files = new FileWatch(config.fileLooks());
        this.settings = config.settings();
        this.config = config;
        this.links = config.token();
    }

    /** New keys sign from now on; what is no longer in the files is forgotten at once. None may be one that callers have. */
    void follow(AtomicReference<KeyRing> keys, CallerAccess access) {
        List<Path> named = Stream.of("JWT_SECRET_KEY", "JWT_PREVIOUS_SECRET_KEYS")
                .flatMap(name -> settings.secretFile(name).stream())
                .toList();
        files.watch("JWT_SECRET_KEY_FILE, JWT_PREVIOUS_SECRET_KEYS_FILE", named, () -> {
            SettingsReader now = settings.again();
            TokenConfig fresh = TokenConfig.from(now);
            access.callerKeys().ifPresent(callers -> AppConfig.checkKeysApart(now, fresh, callers));
            now.check();
            links = fresh;
            keys.set(KeyRing.of(fresh));
        });
    }

    /** Callers' new keys count from now on. None may be one that links are made with. */
    void follow(CallerAccess access) {
        access.follow(files, settings, (now, callers) -> AppConfig.checkKeysApart(now, links, callers));
    }

    void follow(Database database) {
        files.watch(
                "DATABASE_PASSWORD_FILE",
                settings.secretFile("DATABASE_PASSWORD").stream().toList(),
                () -> database.replacePassword(secret("DATABASE_PASSWORD")));
    }

    /** The relays' password: whoever logs in next reveals the new one. */
    void followMailPassword() {
        files.watch(
                "EMAIL_HOST_PASSWORD_FILE",
                settings.secretFile("EMAIL_HOST_PASSWORD").stream().toList(),
                () -> config.mail().password().orElseThrow().renew(secret("EMAIL_HOST_PASSWORD")));
    }

    @Override
    public void close() {
        files.close();
    }

    private Secret secret(String name) {
        SettingsReader now = settings.again();
        Secret secret = now.secret(name).orElseGet(() -> now.missing(name, "must not be empty", new Secret("")));
        now.check();
        return secret;
    }
}
