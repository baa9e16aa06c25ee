package dev.herald.server.cli.terminal;

import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Lengths of time as people write and read them: 30s, 15m, 1h, 7d. */
@Immutable
public final class LengthOfTime implements ITypeConverter<Duration> {
    private static final Pattern WRITTEN = Pattern.compile("(?<number>[1-9][0-9]{0,5})(?<unit>[smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    @Override
    public Duration convert(String value) {
        Matcher matcher = WRITTEN.matcher(value);
        if (!matcher.matches()) {
            throw new TypeConversionException("a number with s, m, h or d, such as 1h");
        }
        return UNITS.getOrDefault(matcher.group("unit"), Duration.ZERO)
                .multipliedBy(Long.parseLong(matcher.group("number")));
    }

    /** In the largest unit of which there is one at least, rounded down. */
    public static String text(Duration length) {
        if (length.toDays() > 0) {
            return length.toDays() + "d";
        } else if (length.toHours() > 0) {
            return length.toHours() + "h";
        }
        return length.toMinutes() > 0 ? length.toMinutes() + "m" : Math.max(0, length.toSeconds()) + "s";
    }
}
