package dev.herald.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void line_ofFiguresWithTargets_saysWhichWereMet() {
        Figures figures = new Figures("delivery")
                .put("students", 200)
                .atLeast("ratio", 0.31, 0.30)
                .atMost("last_ms", 41.26, 40);
        assertThat(figures)
                .hasToString("delivery students=200 ratio=0.310 ratio.target=0.300 ratio.met=yes"
                        + " last_ms=41.3 last_ms.target=40 last_ms.met=no met=no");
    }

    @Test
    void line_ofAnUnknownFigure_judgesNothing() {
        assertThat(new Figures("small").atMost("rss_mb", OptionalDouble.empty(), 300))
                .hasToString("small rss_mb=unknown");
    }

    @Test
    void median_ofAnEvenNumber_isBetweenTheMiddleTwo() {
        assertThat(Medians.of(9, 1, 2, 4)).isEqualTo(3);
    }
}
