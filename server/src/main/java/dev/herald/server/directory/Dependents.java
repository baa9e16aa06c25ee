package dev.herald.server.directory;

import java.sql.Connection;
import java.sql.SQLException;

/** Counts what another room keeps about the directory's rows, and what goes with them when they are deleted. */
public interface Dependents {
    /** How many notifications a session has. */
    long ofSession(Connection connection, long sessionId) throws SQLException;

    /** How many notifications were made for these student profiles. */
    long ofStudents(Connection connection, long[] studentProfileIds) throws SQLException;
}
