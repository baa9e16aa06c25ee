package dev.herald.server.delivery;

import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Lists as PostgreSQL arrays, for statements that handle a batch at once. */
final class SqlArrays {
    private SqlArrays() {}

    static Array longs(Connection connection, long[] values) throws SQLException {
        return connection.createArrayOf(
                "bigint", java.util.Arrays.stream(values).boxed().toArray());
    }

    static <T> Array longs(Connection connection, List<T> items, ToLongFunction<T> value) throws SQLException {
        return connection.createArrayOf(
                "bigint", items.stream().mapToLong(value).boxed().toArray());
    }

    static <T> Array texts(Connection connection, List<T> items, Function<T, String> value) throws SQLException {
        return connection.createArrayOf("text", items.stream().map(value).toArray());
    }
}
