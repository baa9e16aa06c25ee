package dev.herald.server.cli.remote;

import dev.herald.server.AppConfig;
import dev.herald.server.caller.CallerTokens;
import dev.herald.server.caller.Role;
import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the caller shows who it is.
 *
 * @param token gives the bearer token for a call; empty for none
 * @param source where it comes from, for people
 */
record Credential(Optional<Supplier<String>> token, String source) {
    /** Long enough for a call; a new one is made for the next. */
    private static final Duration LIFE = Duration.ofMinutes(5);

    /**
     * The first there is of: the token file, HERALD_TOKEN, a client certificate, a token of our own making for the role.
     *
     * @param hasCertificate whether the connection shows a client certificate
     */
    static Credential of(@Nullable Path tokenFile, boolean hasCertificate, SettingsReader settings, Role role)
            throws IOException {
        if (tokenFile != null) {
            return fixed(read(tokenFile), "the token in " + tokenFile);
        }
        Optional<Secret> given = settings.secret("HERALD_TOKEN");
        if (given.isPresent()) {
            return fixed(given.get().reveal(), "the token in HERALD_TOKEN");
        } else if (hasCertificate) {
            return new Credential(Optional.empty(), "the client certificate");
        }
        return settings.secret("AUTH_JWT_SECRET").isPresent()
                ? made(settings, role)
                : new Credential(Optional.empty(), "no credential");
    }

    private static Credential fixed(String token, String source) {
        return new Credential(Optional.of(() -> token), source);
    }

    private static Credential made(SettingsReader settings, Role role) {
        CallerTokens tokens = new CallerTokens(AppConfig.callerKey(settings), Clock.systemUTC());
        String subject = "cli/" + System.getProperty("user.name");
        return new Credential(
                Optional.of(() -> tokens.issue(subject, Set.of(role), LIFE)), "a token made with AUTH_JWT_SECRET");
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IOException("--token-file: can't read " + file + "; name a readable file", e);
        }
    }
}
