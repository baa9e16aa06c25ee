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
    void table_ofARun_holdsEveryTargetBesideWhatOthersReach() {
        Report report = new Report();
        report.begin(new Report.Baseline(OptionalDouble.of(25_000), 90_000));
        report.print(new Figures("small").atMost("first_ms", 12, 15).atMost("last_ms", 41.26, 40));
        assertThat(report.table().lines().map(line -> line.strip().split(" +")))
                .contains(new String[] {"small.first_ms", "15", "12", "yes", "30", "36", "35", "21", "3500", "37"})
                .contains(new String[] {"small.last_ms", "40", "41.3", "no", "72", "97", "105", "106", "3700", "95"});
    }

    @Test
    void line_afterTheMachineWasMeasured_repeatsHowFastItIs() {
        Figures figures = new Figures("trips");
        Report report = new Report();
        report.begin(new Report.Baseline(OptionalDouble.of(25_000), 90_000));
        report.print(figures);
        assertThat(figures).hasToString("trips run.smtp_source_per_s=25000 run.echo_per_s=90000");
    }

    @Test
    void median_ofAnEvenNumber_isBetweenTheMiddleTwo() {
        assertThat(Medians.of(9, 1, 2, 4)).isEqualTo(3);
    }
}
