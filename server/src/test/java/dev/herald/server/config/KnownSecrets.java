package dev.herald.server.config;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every secret that this process has had: whatever the code under test took for one, wherever it came from, and what tests
 * add. Nobody has to list them. Thread-safe.
 */
public final class KnownSecrets {
    /** Shorter ones stand in many a text by chance. */
    private static final int SHORTEST = 7;

    private static final Set<String> ALL = ConcurrentHashMap.newKeySet();
    private static final Pattern JWK_SECRET = Pattern.compile("\"(?:k|d)\"\\s*:\\s*\"([\\w-]+)\"");
    private static final Pattern BASE64 = Pattern.compile("[\\w+/-]{8,}");

    static {
        Secret.witness(KnownSecrets::add);
    }

    private KnownSecrets() {}

    /** From now on; what was read before isn't known. */
    public static void listen() {
        // The class is there now.
    }

    /** A secret that our code never holds as one. */
    public static void add(String secret) {
        for (String line : secret.split("\\R")) {
            if (line.strip().length() >= SHORTEST && !line.startsWith("-----")) {
                ALL.add(line.strip());
            }
        }
        JWK_SECRET.matcher(secret).results().forEach(found -> ALL.add(found.group(1)));
    }

    /** Those that stand in a text, as they are or in base64, as SMTP spells passwords. */
    public static Stream<String> in(String text) {
        Stream<String> plain = ALL.stream().filter(text::contains);
        Stream<String> encoded = BASE64.matcher(text)
                .results()
                .map(found -> decoded(found.group()))
                .flatMap(plainText -> ALL.stream().filter(plainText::contains));
        return Stream.concat(plain, encoded).distinct();
    }

    private static String decoded(String base64) {
        String standard = base64.replace('-', '+').replace('_', '/');
        String whole = standard.substring(0, standard.length() - (standard.length() % 4 == 1 ? 1 : 0));
        return new String(Base64.getDecoder().decode(whole), StandardCharsets.UTF_8);
    }
}
