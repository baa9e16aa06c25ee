package dev.herald.server.cli.terminal;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Moments as people write and read them: with a zone (2026-11-22T10:00:00Z, 2026-11-22T15:30+05:30), or 2h for two hours ago. */
public final class Moment implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String value) {
        try {
            return value.contains("T")
                    ? OffsetDateTime.parse(value).toInstant()
                    : Clock.systemUTC().instant().minus(new LengthOfTime().convert(value));
        } catch (DateTimeException | TypeConversionException e) {
            throw new TypeConversionException("a moment such as 2026-11-22T10:00:00Z, or 2h for two hours ago");
        }
    }

    /** To the second, in UTC. */
    public static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
