/**
 * Floor 4: short-lived signed links: making, verifying, using up and revoking them. The only writer of
 * token_states. Read {@link TokenVerifier} first, then {@link TokenIssuer} and {@link TokenStateRepository}.
 */
@org.jspecify.annotations.NullMarked
package dev.herald.server.token;
