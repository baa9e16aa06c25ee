package dev.herald.server.token;

import dev.herald.server.config.KeyPolicy;
import dev.herald.server.config.Secret;
import dev.herald.server.config.SettingsReader;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The keys of tokens.
 *
 * @param currentKey signs, and verifies
 * @param previousKeys verify only; without the current one
 */
public record TokenConfig(Secret currentKey, List<Secret> previousKeys) {
    private static final String CURRENT = "JWT_SECRET_KEY";
    private static final String PREVIOUS = "JWT_PREVIOUS_SECRET_KEYS";
    private static final Secret NONE = new Secret("");

    public TokenConfig {
        previousKeys = previousKeys.stream()
                .distinct()
                .filter(key -> !key.equals(currentKey))
                .toList();
    }

    /** Reads the keys; notes a fault for each that is absent or weak. */
    public static TokenConfig from(SettingsReader settings) {
        return new TokenConfig(current(settings), previous(settings));
    }

    private static Secret current(SettingsReader settings) {
        Optional<Secret> key = settings.secret(CURRENT);
        if (key.isEmpty()) {
            return settings.missing(
                    CURRENT, "is required: a secret of at least 32 bytes, such as ./herald keygen prints", NONE);
        }
        KeyPolicy.weakness(key.get()).ifPresent(weakness -> settings.fault(CURRENT, weakness, NONE));
        return key.get();
    }

    private static List<Secret> previous(SettingsReader settings) {
        // In a file a key may hold a comma, since each has a line.
        String separator = settings.text(PREVIOUS + "_FILE").isPresent() ? "\\R" : "[,\\r\\n]";
        List<Secret> keys = settings.secret(PREVIOUS).stream()
                .flatMap(all -> Arrays.stream(all.reveal().split(separator)))
                .map(String::strip)
                .filter(key -> !key.isEmpty())
                .map(Secret::new)
                .toList();
        IntStream.range(0, keys.size())
                .forEach(i -> KeyPolicy.weakness(keys.get(i))
                        .ifPresent(weakness -> settings.fault(PREVIOUS, "key " + (i + 1) + " " + weakness, NONE)));
        return keys;
    }
}
