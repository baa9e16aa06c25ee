package dev.herald.server.config;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which names settings have, and which one is meant by a name that is none. */
final class SettingNames {
    /** OpenTelemetry reads its own. */
    private static final String FOREIGN = "OTEL_";
    /** Where settings stand, and what the commands for a running server read: no settings of the server. */
    private static final Set<String> OTHERS = Set.of("HERALD_CONFIG", "HERALD_TOKEN", "HERALD_TOKEN_FILE");

    private static final Set<String> KNOWN = known();
    private static final Pattern LIKE_A_NAME = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
    /** Names this short are near to anything, such as PATH to AUTH. */
    private static final int SHORT = 5;

    private SettingNames() {}

    private static Set<String> known() {
        Set<String> names = new TreeSet<>(OTHERS);
        SettingCatalogue.all().forEach(setting -> {
            names.add(setting.name());
            if (setting.secret()) {
                names.add(setting.name() + "_FILE");
            }
        });
        return Set.copyOf(names);
    }

    static boolean isKnown(String name) {
        return KNOWN.contains(name) || name.startsWith(FOREIGN);
    }

    /** Whether it could be told in a message: a file that was named by mistake may hold a secret where a name should be. */
    static boolean isLikeAName(String text) {
        return LIKE_A_NAME.matcher(text).matches();
    }

    /** The one that is meant, whatever its case and the dots in it. */
    static Optional<String> nearest(String name) {
        String written = name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        return NearestName.of(written, KNOWN, written.length() <= SHORT ? 0 : 2);
    }
}
