package dev.herald.server.persistence;

import java.sql.Connection;
import java.sql.SQLException;

/** Statements on a connection. The connection is the caller's: don't close, commit or keep it. */
@FunctionalInterface
public interface SqlWork<T> {
    T on(Connection connection) throws SQLException;
}
