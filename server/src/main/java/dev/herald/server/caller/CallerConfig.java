package dev.herald.server.caller;

import dev.herald.server.config.KeyPolicy;
import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whom to believe, and how much of them to take.
 *
 * @param auth how callers show who they are
 * @param keys of their bearer tokens; present with AUTH=jwt
 * @param roles of their certificates' SPIFFE ids, with AUTH=mtls
 * @param callsPerSecond what one caller may make; 0 for no limit
 */
public record CallerConfig(Auth auth, Optional<CallerKeys> keys, Map<String, Set<Role>> roles, int callsPerSecond) {
    static final String KEY = "AUTH_JWT_SECRET";
    static final String KEY_SET = "AUTH_JWKS_FILE";
    private static final String ROLES = "AUTH_ROLES";

    /** How callers show who they are. */
    public enum Auth {
        /** A bearer token in {@code authorization}. */
        JWT,
        /** A client certificate. */
        MTLS,
        /** Not at all; only on loopback. */
        OFF
    }

    /** Reads them; {@code clientsShowCertificates} says whether TLS asks for any. */
    public static CallerConfig from(SettingsReader settings, boolean onLoopback, boolean clientsShowCertificates) {
        Auth auth = settings.choice("AUTH", Auth.JWT);
        if (auth == Auth.OFF && !onLoopback) {
            settings.fault(
                    "AUTH",
                    "off is only possible when GRPC_HOST is a loopback address such as 127.0.0.1; use jwt or mtls",
                    auth);
        }
        if (auth == Auth.MTLS && !clientsShowCertificates) {
            settings.missing(
                    "GRPC_TLS_CLIENT_CA",
                    "is required with AUTH=mtls: the PEM file of the authorities that sign callers' certificates",
                    auth);
        }
        return new CallerConfig(
                auth,
                auth == Auth.JWT ? Optional.of(keys(settings)) : Optional.empty(),
                roles(settings, auth),
                settings.integer("CALLER_RATE_LIMIT", 0, 1, 1_000_000));
    }

    /** AUTH_JWT_SECRET, checked: the key of callers' bearer tokens; for making such tokens. */
    public static Optional<Secret> secret(SettingsReader settings) {
        return settings.text(KEY_SET).isPresent() && settings.secret(KEY).isEmpty()
                ? settings.missing(KEY, "is required to make tokens: a key set only verifies", Optional.empty())
                : keys(settings).secret();
    }

    /** The same of this server, with AUTH=jwt. */
    public Optional<Secret> secret() {
        return keys.flatMap(CallerKeys::secret);
    }

    /** Reads the keys; notes a fault when there is none, and for each that can't be used. */
    static CallerKeys keys(SettingsReader settings) {
        Optional<JwkSet> set = settings.content(KEY_SET)
                .flatMap(content -> settings.parsed(KEY_SET, content.reveal(), Optional.empty(), CallerConfig::parse));
        if (set.filter(keys -> !keys.secrets().isEmpty()).isPresent()) {
            settings.holdsSecret(KEY_SET);
        }
        Optional<Secret> secret = settings.secret(KEY);
        if (secret.isEmpty() && settings.text(KEY_SET).isEmpty()) {
            settings.missing(
                    KEY,
                    "is required with AUTH=jwt: at least 32 random bytes, as ./herald keygen prints; or AUTH_JWKS_FILE",
                    "");
        }
        secret.flatMap(KeyPolicy::weakness).ifPresent(weakness -> settings.fault(KEY, weakness, ""));
        return new CallerKeys(secret, set);
    }

    private static Optional<JwkSet> parse(String content) {
        return Optional.of(JwkSet.parse(content));
    }

    private static Map<String, Set<Role>> roles(SettingsReader settings, Auth auth) {
        Optional<String> text = settings.text(ROLES);
        if (text.isEmpty() && auth == Auth.MTLS) {
            return settings.missing(
                    ROLES, "is required with AUTH=mtls, like spiffe://campus/session-service=session", Map.of());
        }
        return text.map(pairs -> settings.parsed(ROLES, pairs, Map.<String, Set<Role>>of(), SpiffeRoles::parse))
                .orElse(Map.of());
    }
}
