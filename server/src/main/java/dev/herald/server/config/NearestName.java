package dev.herald.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that was meant by a misspelt one. */
public final class NearestName {
    private NearestName() {}

    /**
     * The known name with the fewest slips in it: a letter more, less or another, or two that changed places.
     *
     * @param most so many slips, and not more
     */
    public static Optional<String> of(String written, Collection<String> known, int most) {
        return known.stream()
                .filter(name -> Math.abs(name.length() - written.length()) <= most)
                .filter(name -> slips(written, name) <= most)
                .min(Comparator.<String>comparingInt(name -> slips(written, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** The distance of Damerau and Levenshtein (optimal string alignment). */
    private static int slips(String a, String b) {
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
