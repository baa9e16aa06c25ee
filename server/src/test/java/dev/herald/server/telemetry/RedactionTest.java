package dev.herald.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {
    @ParameterizedTest(name = "{0}")
    @MethodSource("lines")
    void mask_lineOfTheCorpus_isAsItShouldStandInTheLog(String raw, String masked) {
        assertThat(Redaction.mask(raw)).isEqualTo(masked);
    }

    @Test
    void lines_inTheCorpus_areMany() {
        assertThat(lines()).hasSizeGreaterThanOrEqualTo(35);
    }

    /** Masked text that is masked again, as a text within a text may be, stays as it is. */
    @ParameterizedTest(name = "{1}")
    @MethodSource("lines")
    void mask_maskedLine_isTheSame(String raw, String masked) {
        assertThat(Redaction.mask(masked)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "@", "a@", "eyJ", "%40", "://", "a:", "token=", "\"", "bearer ", "A.", "a."})
    void mask_longLineOfOnePiece_takesNoLongerThanItsLength(String piece) {
        String line = piece.repeat(10_000);
        assertThatCode(() -> Redaction.mask(line)).doesNotThrowAnyException();
        long start = System.nanoTime();
        Redaction.mask(line);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    static Stream<Arguments> lines() {
        List<Arguments> pairs = new ArrayList<>();
        String raw = "";
        for (String line : corpus().lines().toList()) {
            if (line.startsWith("> ")) {
                raw = line.substring(2);
            } else if (line.startsWith("< ")) {
                pairs.add(Arguments.of(raw, line.substring(2)));
            }
        }
        return pairs.stream();
    }

    private static String corpus() {
        try (InputStream lines = RedactionTest.class.getResourceAsStream("/log-lines.txt")) {
            return new String(lines.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
