package dev.herald.server.caller;

import java.util.Locale;
import java.util.Map;

/** Whose limit a call met; where it is neither, the server has no room. */
public enum RateLimit {
    /** Of what one caller may do. */
    CALLER,
    /** Of what may come from an address without being anybody's. */
    STRANGER;

    /** What RATE_LIMITED's metadata name the limit by. */
    public static final String KEY = "limit";

    public Map<String, String> metadata() {
        return Map.of(KEY, name().toLowerCase(Locale.ROOT));
    }
}
