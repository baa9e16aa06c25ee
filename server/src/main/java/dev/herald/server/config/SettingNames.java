package dev.herald.server.config;

import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which names settings have, and which one is meant by a name that is none. */
final class SettingNames {
    /** OpenTelemetry reads its own. */
    private static final String FOREIGN = "OTEL_";
    /** Of the commands for a running server, not of the server. */
    private static final Set<String> OF_COMMANDS = Set.of("HERALD_TOKEN", "HERALD_TOKEN_FILE");

    private static final Set<String> KNOWN = known();
    private static final Pattern LIKE_A_NAME = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
    /** Names this short are near to anything, such as PATH to AUTH. */
    private static final int SHORT = 5;

    private SettingNames() {}

    private static Set<String> known() {
        Set<String> names = new TreeSet<>(OF_COMMANDS);
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

    /** The known name that differs by a slip or two: a letter more, less, another, or two that changed places; or in its case or dots. */
    static Optional<String> nearest(String name) {
        String written = name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        int slips = written.length() <= SHORT ? 0 : 2;
        return KNOWN.stream()
                .filter(known -> Math.abs(known.length() - written.length()) <= slips)
                .filter(known -> distance(written, known) <= slips)
                .min(Comparator.<String>comparingInt(known -> distance(written, known))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** How many slips lie between two words (Damerau and Levenshtein, optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] slips = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                slips[i][j] = Math.min(i, j) == 0 ? Math.max(i, j) : step(slips, a, b, i, j);
            }
        }
        return slips[a.length()][b.length()];
    }

    private static int step(int[][] slips, String a, String b, int i, int j) {
        boolean same = a.charAt(i - 1) == b.charAt(j - 1);
        int least = Math.min(slips[i - 1][j - 1] + (same ? 0 : 1), Math.min(slips[i - 1][j] + 1, slips[i][j - 1] + 1));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, slips[i - 2][j - 2] + 1) : least;
    }
}
