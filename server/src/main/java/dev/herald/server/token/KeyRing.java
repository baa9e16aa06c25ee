package dev.herald.server.token;

import dev.herald.server.config.Secret;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The keys that are accepted; the current one signs. Immutable. */
public final class KeyRing {
    private final TokenKey current;
    private final Map<String, TokenKey> byKid = new HashMap<>();
    /** Our own headers, read once: every genuine token begins with one of these parts. */
    private final Map<String, TokenHeader> headers = new HashMap<>();

    KeyRing(TokenKey current, List<TokenKey> previous) {
        this.current = current;
        previous.forEach(this::add);
        add(current);
    }

    /** The ring of these settings. */
    public static KeyRing of(TokenConfig config) {
        List<TokenKey> previous = config.previousKeys().stream()
                .map(Secret::bytes)
                .map(TokenKey::of)
                .toList();
        return new KeyRing(TokenKey.of(config.currentKey().bytes()), previous);
    }

    /** The kid of the key that signs. */
    public String currentKid() {
        return current.kid();
    }

    TokenKey current() {
        return current;
    }

    /** The key of this name. A kid from outside does nothing but look up this map. */
    @Nullable
    TokenKey byKid(String kid) {
        return byKid.get(kid);
    }

    /** A header, or null when it is no clean JSON object in base64url. */
    @Nullable
    TokenHeader header(String part) {
        TokenHeader own = headers.get(part);
        return own == null ? TokenHeader.parse(part) : own;
    }

    private void add(TokenKey key) {
        byKid.put(key.kid(), key);
        headers.put(key.header(), Objects.requireNonNull(TokenHeader.parse(key.header())));
    }
}
