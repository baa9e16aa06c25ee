package dev.herald.server.token;

import dev.herald.v1.TokenReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of token_states, as kept in memory.
 *
 * @param jti the token; null for every token of the session or of the student
 * @param sessionId 0 when it speaks of a student's tokens
 * @param studentProfileId 0 when it speaks of a session's tokens
 * @param reason why they are refused
 * @param at since when, in whole seconds since 1970
 */
record RememberedState(@Nullable String jti, long sessionId, long studentProfileId, TokenReason reason, long at) {
    static List<RememberedState> all(ResultSet rows) throws SQLException {
        List<RememberedState> states = new ArrayList<>();
        while (rows.next()) {
            TokenReason reason = TokenState.State.of(rows.getString(4)).reason();
            states.add(
                    new RememberedState(rows.getString(1), rows.getLong(2), rows.getLong(3), reason, rows.getLong(5)));
        }
        return states;
    }
}
