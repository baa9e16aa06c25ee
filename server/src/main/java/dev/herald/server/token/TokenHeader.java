package dev.herald.server.token;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.herald.v1.TokenReason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A token's header as a stranger wrote it. Members that would name or hold a key (jwk, jku, x5u, x5c) are ignored. */
final class TokenHeader {
    private @Nullable String algorithm;
    private @Nullable String type;
    private @Nullable String kid;
    private boolean critical;

    private TokenHeader() {}

    /** The header, or null when it is no clean JSON object in base64url. */
    static @Nullable TokenHeader parse(String part) {
        TokenHeader header = new TokenHeader();
        try {
            StrictJson.read(CompactToken.decode(part), header::member);
            return header;
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    /** The first fault, in the contract's order; unspecified when there is none. */
    TokenReason fault() {
        if (!"HS256".equals(algorithm)) {
            return TokenReason.TOKEN_REASON_BAD_ALGORITHM;
        }
        if (!"attendance+jwt".equals(type)) {
            return TokenReason.TOKEN_REASON_WRONG_TYPE;
        }
        return critical ? TokenReason.TOKEN_REASON_MALFORMED : TokenReason.TOKEN_REASON_UNSPECIFIED;
    }

    /** Null when it is absent, or no string. */
    @Nullable
    String kid() {
        return kid;
    }

    private void member(String name, JsonParser value) throws IOException {
        switch (name) {
            case "alg" -> algorithm = string(value);
            case "typ" -> type = string(value);
            case "kid" -> kid = string(value);
            // Extensions that must be understood, and compression: we know none.
            case "crit", "zip" -> critical = true;
            default -> {}
        }
    }

    private static @Nullable String string(JsonParser value) throws IOException {
        return value.currentToken() == JsonToken.VALUE_STRING ? value.getText() : null;
    }
}
