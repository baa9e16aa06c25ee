package dev.herald.server.notification;

import dev.herald.server.token.IssuedToken;
import java.time.Instant;
import java.util.Optional;

/**
 * A notification to be sent again.
 *
 * @param token its new token, where the old one is of no more use
 * @param expiresAt when its token expires, the new or the old one
 */
record RetriedRecord(long emailId, Optional<IssuedToken> token, Instant expiresAt) {}
