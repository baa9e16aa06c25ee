package dev.herald.server.token;

import java.time.Instant;

/**
 * A token that is to be refused from now on.
 *
 * @param jti its id
 * @param sessionId its session
 * @param studentProfileId its student
 * @param expiresAt when it expires, after which it need not be remembered
 */
public record SpentToken(String jti, long sessionId, long studentProfileId, Instant expiresAt) {}
