package dev.herald.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** Finds the name that was meant by a misspelt one. */
public final class NearestName {
    private NearestName() {}

    /**
     * The known name with the fewest slips in it: a letter more, less or another, or two that changed places.
     *
     * @param most so many slips, and not more
     */
    public static Optional<String> of(String written, Collection<String> known, int most) {
        DamerauLevenshteinDistance slips = new DamerauLevenshteinDistance(most);
        return known.stream()
                // Less than nothing where there are too many.
                .filter(name -> slips.apply(written, name) >= 0)
                .min(Comparator.<String>comparingInt(name -> slips.apply(written, name))
                        .thenComparing(Comparator.naturalOrder()));
    }
}
