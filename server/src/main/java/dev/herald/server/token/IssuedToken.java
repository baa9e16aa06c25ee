package dev.herald.server.token;

/**
 * A token that is not signed yet, as it may be stored: it opens nothing.
 *
 * @param jti its id
 * @param header in base64url; the same for all that were issued under one key
 * @param payload in base64url
 */
public record IssuedToken(String jti, String header, String payload) {
    /** Header and payload, joined by a dot. */
    public String signingInput() {
        return header + '.' + payload;
    }
}
