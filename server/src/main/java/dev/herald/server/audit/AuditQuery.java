package dev.herald.server.audit;

import com.google.protobuf.Timestamp;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.AuditEntry;
import dev.herald.v1.ListAuditEntriesRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Reads audit entries as the contract shows them. */
public final class AuditQuery {
    private AuditQuery() {}

    /** The entries that match all filters, newest first, from below an id; one statement. */
    public static List<AuditEntry> list(
            Connection connection, ListAuditEntriesRequest request, long beforeAuditId, int limit) throws SQLException {
        StringBuilder sql = new StringBuilder("SELECT audit_id, at, actor, action, target, coalesce(before::text, ''),"
                + " coalesce(after::text, ''), coalesce(request_id, '') FROM audit_entries WHERE audit_id < ?");
        List<Object> values = new ArrayList<>(List.of(beforeAuditId));
        if (!request.getActor().isEmpty()) {
            add(sql, values, " AND actor = ?", AuditLog.named(request.getActor()));
        }
        if (!request.getAction().isEmpty()) {
            add(sql, values, " AND action = ?", request.getAction());
        }
        if (request.hasAfter()) {
            add(sql, values, " AND at >= ?", utc(request.getAfter()));
        }
        if (request.hasBefore()) {
            add(sql, values, " AND at < ?", utc(request.getBefore()));
        }
        add(sql, values, " ORDER BY audit_id DESC LIMIT ?", limit);
        return read(connection, sql.toString(), values);
    }

    private static List<AuditEntry> read(Connection connection, String sql, List<Object> values) throws SQLException {
        List<AuditEntry> entries = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                statement.setObject(i + 1, values.get(i));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    entries.add(entry(row));
                }
            }
        }
        return entries;
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return AuditEntry.newBuilder()
                .setAuditId(row.getLong(1))
                .setAt(ProtoTimes.timestamp(row.getTimestamp(2).toInstant()))
                .setActor(row.getString(3))
                .setAction(row.getString(4))
                .setTarget(row.getString(5))
                .setBefore(row.getString(6))
                .setAfter(row.getString(7))
                .setRequestId(row.getString(8))
                .build();
    }

    private static void add(StringBuilder sql, List<Object> values, String condition, Object value) {
        sql.append(condition);
        values.add(value);
    }

    private static Object utc(Timestamp timestamp) {
        return ProtoTimes.instant(timestamp).atOffset(ZoneOffset.UTC);
    }
}
