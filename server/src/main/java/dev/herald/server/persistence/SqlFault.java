package dev.herald.server.persistence;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What kind of trouble a failed statement is, by its SQLSTATE (PostgreSQL, appendix A). */
record SqlFault(boolean conflict, boolean unavailable) {
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01");
    /** Query cancelled by a time-out, lock not available, read-only after a failover. */
    private static final Set<String> BUSY = Set.of("57014", "55P03", "25006", "25P03");
    /** Connection, resources, operator intervention, system errors. */
    private static final Set<String> OUTAGES = Set.of("08", "53", "57", "58", "XX");

    static SqlFault of(Throwable failure) {
        SQLException cause = sqlException(failure);
        if (cause == null) {
            return new SqlFault(false, false);
        }
        String state = cause.getSQLState() == null ? "" : cause.getSQLState();
        boolean outage = cause instanceof SQLTransientConnectionException
                || BUSY.contains(state)
                || (state.length() == 5 && OUTAGES.contains(state.substring(0, 2)));
        return new SqlFault(CONFLICTS.contains(state), outage);
    }

    private static @Nullable SQLException sqlException(Throwable failure) {
        SQLException found = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                found = found instanceof SQLTransientConnectionException ? found : sql;
            }
        }
        return found;
    }
}
