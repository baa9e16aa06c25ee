package dev.herald.server.caller;

import com.auth0.jwt.algorithms.Algorithm;
import dev.herald.server.config.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys callers' bearer tokens are verified with, at least one of the two.
 *
 * @param secret AUTH_JWT_SECRET, for tokens whose kid isn't in the set
 * @param set what AUTH_JWKS_FILE holds
 */
public record CallerKeys(Optional<Secret> secret, Optional<JwkSet> set) {
    private static final byte[] ANYTHING = "anything".getBytes(StandardCharsets.UTF_8);

    /** The settings among whose keys this one is: one that signs alike, however it is written. */
    public List<String> settingsWith(Secret key) {
        byte[] signature = Algorithm.HMAC256(key.bytes()).sign(ANYTHING);
        List<String> settings = new ArrayList<>();
        if (secret.filter(own -> signs(Algorithm.HMAC256(own.bytes()), signature))
                .isPresent()) {
            settings.add(CallerConfig.KEY);
        }
        if (set.stream().flatMap(own -> own.secrets().stream()).anyMatch(own -> signs(own, signature))) {
            settings.add(CallerConfig.KEY_SET);
        }
        return settings;
    }

    private static boolean signs(Algorithm key, byte[] signature) {
        return MessageDigest.isEqual(key.sign(ANYTHING), signature);
    }
}
