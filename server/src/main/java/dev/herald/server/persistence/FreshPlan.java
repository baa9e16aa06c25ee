package dev.herald.server.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.PGStatement;

/** For statements whose plan must fit the table as it is now, not as it was when the connection first ran them. */
public final class FreshPlan {
    private FreshPlan() {}

    /** A statement that PostgreSQL plans at each execution. */
    public static PreparedStatement prepare(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.unwrap(PGStatement.class).setPrepareThreshold(0);
        return statement;
    }
}
