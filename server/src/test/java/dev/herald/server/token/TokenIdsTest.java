package dev.herald.server.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TokenIdsTest {
    private static final long NOW = 1_800_000_000_123L;

    @Test
    void next_sameMillisecond_ascendsAndNeverRepeats() {
        List<String> ids =
                IntStream.range(0, 100_000).mapToObj(i -> TokenIds.next(NOW)).toList();
        assertThat(ids).isSortedAccordingTo(Comparator.naturalOrder()).doesNotHaveDuplicates();
        assertThat(ids).allMatch(id -> id.matches("[0-9A-Za-z_-]{22}") && id.length() == TokenIds.LENGTH);
    }

    @Test
    void next_laterMilliseconds_sortByTime() {
        List<String> ids = LongStream.range(0, 10_000)
                .mapToObj(i -> TokenIds.next(NOW + i))
                .toList();
        assertThat(ids).isSortedAccordingTo(Comparator.naturalOrder()).doesNotHaveDuplicates();
    }

    @Test
    void next_manyThreadsInOneMillisecond_neverRepeats() {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 200_000).parallel().forEach(i -> ids.add(TokenIds.next(NOW)));
        assertThat(ids).hasSize(200_000);
    }

    @Test
    void next_clockGoesBackAndForth_startsAtRandomEachTime() {
        Set<String> starts = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            starts.add(TokenIds.next(NOW).substring(8));
            TokenIds.next(NOW - 1);
        }
        assertThat(starts).hasSize(1_000);
    }
}
