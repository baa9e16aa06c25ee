package dev.herald.server.audit;

import dev.herald.server.caller.Caller;
import dev.herald.server.persistence.Pseudonym;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The only writer of audit_entries. An entry is written in the transaction of its act, so that there is neither without the
 * other; the database refuses to change or delete one. Thread-safe.
 */
public final class AuditLog {
    /** As long as a filter by actor may be. */
    private static final int LONGEST_ACTOR = 256;

    /** Writes down an act that services do all day, when it is an administrator who does it. */
    public void writeIfAdministrator(Connection connection, Act act) throws SQLException {
        if (Caller.current().isAdministrator()) {
            write(connection, act);
        }
    }

    /** Writes down an act of whoever makes the call that runs on this thread. */
    public void write(Connection connection, Act act) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO audit_entries (actor, action, target, before, after, request_id)
                VALUES (?, ?, ?, ?::jsonb, ?::jsonb, nullif(?, ''))
                """)) {
            statement.setString(1, named(Caller.current().subject()));
            statement.setString(2, act.action());
            statement.setString(3, act.target());
            statement.setString(4, act.before().map(Facts::json).orElse(null));
            statement.setString(5, act.after().map(Facts::json).orElse(null));
            statement.setString(6, named(act.requestId()));
            statement.executeUpdate();
        }
    }

    /**
     * A caller's name, or a request's, as entries hold it. Whoever signs callers' tokens may name them as they like; an act mustn't fail
     * because of it. A mail address is replaced by a pseudonym, the same each time: entries are kept for ever, and can't be mended.
     */
    static String named(String name) {
        String text = Pseudonym.of(name).replace('\0', ' ');
        return text.length() <= LONGEST_ACTOR
                ? text
                : text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, LONGEST_ACTOR - 1)));
    }
}
