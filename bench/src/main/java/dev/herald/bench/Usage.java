package dev.herald.bench;

import java.util.OptionalDouble;

/**
 * What a stretch of work used.
 *
 * @param own seconds of the server's CPU
 * @param database seconds of PostgreSQL's
 * @param sink seconds of the sink's
 */
record Usage(OptionalDouble own, OptionalDouble database, OptionalDouble sink) {
    static Usage of(Herald herald, BenchDatabase database, MailSink sink) {
        return new Usage(herald.cpuSeconds(), database.cpuSeconds(), sink.cpuSeconds());
    }

    Usage since(Usage before) {
        return new Usage(minus(own, before.own), minus(database, before.database), minus(sink, before.sink));
    }

    /** Milliseconds for each of so many. */
    static OptionalDouble msEach(OptionalDouble seconds, double count) {
        return seconds.isPresent() ? OptionalDouble.of(seconds.getAsDouble() * 1e3 / count) : seconds;
    }

    private static OptionalDouble minus(OptionalDouble later, OptionalDouble earlier) {
        return later.isPresent() && earlier.isPresent()
                ? OptionalDouble.of(later.getAsDouble() - earlier.getAsDouble())
                : OptionalDouble.empty();
    }
}
