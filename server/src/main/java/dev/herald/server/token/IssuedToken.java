package dev.herald.server.token;

/**
 * A token that is not signed yet, as it may be stored: it opens nothing.
 *
 * @param jti its id
 * @param signingInput header and payload, joined by a dot
 */
public record IssuedToken(String jti, String signingInput) {}
