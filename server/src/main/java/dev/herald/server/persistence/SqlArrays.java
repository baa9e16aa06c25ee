package dev.herald.server.persistence;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Lists as PostgreSQL arrays, for statements that handle a batch at once ({@code unnest}). */
public final class SqlArrays {
    private SqlArrays() {}

    /** A bigint[] of one number an item. */
    public static <T> long[] longs(List<T> items, ToLongFunction<T> value) {
        return items.stream().mapToLong(value).toArray();
    }

    /** A text[] of one text an item, NULL where there is none. */
    public static <T> Array texts(Connection connection, List<T> items, Function<T, @Nullable String> value)
            throws SQLException {
        return connection.createArrayOf("text", items.stream().map(value).toArray());
    }

    /** A moment in microseconds since 1970, as precise as PostgreSQL keeps it; {@code to_timestamp(x / 1000000.0)} there. */
    public static long micros(Instant instant) {
        return Math.addExact(Math.multiplyExact(instant.getEpochSecond(), 1_000_000), instant.getNano() / 1_000);
    }
}
