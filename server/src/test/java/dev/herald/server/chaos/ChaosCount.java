package dev.herald.server.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The notifications of a database held against what the relay got.
 *
 * @param missing said to be sent, and the relay hasn't got them
 * @param doubled further copies
 * @param unlike mails whose copies had different links, or none
 */
record ChaosCount(long mails, long sent, long failed, long pending, long missing, long doubled, long unlike) {
    static ChaosCount of(String url, ChaosRelay relay, String addresses) {
        try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement statement = connection.prepareStatement("""
                    SELECT email_id || '.' || generation || '@campus.example', status
                    FROM email_notifications JOIN student_profiles USING (student_profile_id) JOIN users USING (user_id)
                    WHERE email LIKE ?
                    """)) {
            statement.setString(1, addresses);
            try (ResultSet rows = statement.executeQuery()) {
                return count(rows, relay);
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static ChaosCount count(ResultSet rows, ChaosRelay relay) throws SQLException {
        ChaosCount total = new ChaosCount(0, 0, 0, 0, 0, 0, 0);
        while (rows.next()) {
            ChaosRelay.Copies copies = relay.copies(rows.getString(1)).orElse(new ChaosRelay.Copies(0, "", true));
            total = total.with(rows.getString(2), copies);
        }
        return total;
    }

    private ChaosCount with(String status, ChaosRelay.Copies copies) {
        boolean isSent = status.equals("sent");
        boolean good = copies.count() == 0 || copies.alike() && !copies.link().isEmpty();
        return new ChaosCount(
                mails + 1,
                sent + (isSent ? 1 : 0),
                failed + (status.equals("failed") ? 1 : 0),
                pending + (status.equals("pending") ? 1 : 0),
                missing + (isSent && copies.count() == 0 ? 1 : 0),
                doubled + Math.max(0, copies.count() - 1),
                unlike + (good ? 0 : 1));
    }

    /** The one number a query gives. */
    static long number(String url, String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }
}
