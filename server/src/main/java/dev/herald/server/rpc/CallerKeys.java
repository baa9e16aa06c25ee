package dev.herald.server.rpc;

import dev.herald.server.config.Secret;
import java.util.Optional;

/**
 * The keys callers' bearer tokens are verified with, at least one of the two.
 *
 * @param secret AUTH_JWT_SECRET, for tokens whose kid isn't in the set
 * @param set what AUTH_JWKS_FILE holds
 */
public record CallerKeys(Optional<Secret> secret, Optional<JwkSet> set) {}
