package dev.herald.server.token;

/**
 * What a genuine token says.
 *
 * @param jti its id, at most 64 characters
 * @param studentProfileId positive
 * @param sessionId positive
 * @param issuedAt in seconds since 1970
 * @param expiresAt in seconds since 1970, after {@code issuedAt} and before the year 10000
 */
public record TokenClaims(String jti, long studentProfileId, long sessionId, long issuedAt, long expiresAt) {}
