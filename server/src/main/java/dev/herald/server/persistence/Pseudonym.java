package dev.herald.server.persistence;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;

/**
 * A name that callers choose, of themselves or of a request, as tables hold it. Nobody is kept from choosing a mail address, and those
 * stand in users alone.
 */
public final class Pseudonym {
    private static final int DIGITS = 16;

    private Pseudonym() {}

    /** The name itself, or instead of a mail address a pseudonym, the same each time, so that it can be found again. */
    public static String of(String name) {
        if (name.indexOf('@') < 0) {
            return name;
        }
        String hash = Hashing.sha256().hashString(name, StandardCharsets.UTF_8).toString();
        return "sha256:" + hash.substring(0, DIGITS);
    }
}
