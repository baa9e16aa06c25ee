package dev.herald.server.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class TimesTest {
    @ParameterizedTest
    @CsvSource({"30s, PT30S", "15m, PT15M", "1h, PT1H", "7d, P7D", "999999d, P999999D"})
    void length_written_isRead(String written, Duration length) {
        assertThat(new LengthOfTime().convert(written)).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0s", "1", "h", "1w", "-1h", "1.5h", "1h30m", "1000000s", "PT1H", "١h"})
    void length_anythingElse_isRefusedWithAnExample(String written) {
        assertThatThrownBy(() -> new LengthOfTime().convert(written))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("such as 1h");
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0s", "PT-5S, 0s", "PT59.9S, 59s", "PT60S, 1m", "PT23H59M, 23h", "PT24H, 1d", "P400D, 400d"})
    void length_shown_isInTheLargestUnitThereIsOneOf(Duration length, String shown) {
        assertThat(LengthOfTime.text(length)).isEqualTo(shown);
    }

    @Test
    void moment_withAZone_isThatMoment() {
        assertThat(new Moment().convert("2026-11-22T15:30+05:30")).isEqualTo("2026-11-22T10:00:00Z");
        assertThat(Moment.text(Instant.parse("2026-11-22T10:00:00.999Z"))).isEqualTo("2026-11-22T10:00:00Z");
    }

    @Test
    void moment_asALength_isThatLongAgo() {
        assertThat(new Moment().convert("2h"))
                .isCloseTo(Instant.now().minus(Duration.ofHours(2)), Assertions.within(10, ChronoUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2026-11-22", "2026-11-22T10:00:00", "2026-13-22T10:00:00Z", "Tuesday"})
    void moment_withoutAZoneOrNone_isRefusedWithAnExample(String written) {
        assertThatThrownBy(() -> new Moment().convert(written))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("2026-11-22T10:00:00Z");
    }
}
