package dev.herald.server.system;

import dev.herald.server.config.Version;
import dev.herald.server.delivery.QueueDepth;
import dev.herald.server.persistence.SchemaVersions;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.DeliveryExecutor;
import dev.herald.v1.DeliveryPause;
import dev.herald.v1.DeliveryPriority;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.RelayState;
import dev.herald.v1.RelayStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts together how Herald is, from the database alone, so that no relay can hold the answer up. Four statements: one walks the
 * queue, the others read a few rows each. Thread-safe.
 */
public final class SystemStatusReader {
    private static final String EXECUTORS = """
            SELECT owner, version, started_at, seen_at, in_hand, sent_last_minute, failed_last_minute,
                   relay, working, since, trouble
            FROM delivery_executors
                LEFT JOIN LATERAL ROWS FROM (jsonb_to_recordset(relays)
                    AS (relay text, working boolean, since timestamptz, trouble text)) WITH ORDINALITY
                    AS told (relay, working, since, trouble, place) ON true
            WHERE seen_at > now() - interval '30 seconds'
            ORDER BY started_at, owner, place
            """;

    private static final String PAUSES =
            "SELECT scope, until, paused_at FROM delivery_pauses WHERE until > now() ORDER BY scope";

    private static final String CLOCK_AND_SCHEMA = """
            SELECT clock_timestamp(),
                   (SELECT version FROM herald_schema_history WHERE success AND version IS NOT NULL
                    ORDER BY string_to_array(version, '.')::bigint[] DESC LIMIT 1)
            """;

    private final Transactions transactions;
    private final SchemaVersions schema;

    /**
     * A reader.
     *
     * @param schema what this process expects
     */
    public SystemStatusReader(Transactions transactions, SchemaVersions schema) {
        this.transactions = transactions;
        this.schema = schema;
    }

    GetSystemStatusResponse read() {
        return transactions.readSql(connection -> {
            GetSystemStatusResponse.Builder status = GetSystemStatusResponse.newBuilder()
                    .setVersion(Version.text())
                    .setSchemaExpected(schema.expected());
            readClockAndSchema(connection, status);
            readQueues(connection, status);
            List<DeliveryExecutor> executors = readExecutors(connection);
            readPauses(connection, status);
            return status.addAllExecutors(executors)
                    .setSentLastMinute(executors.stream()
                            .mapToLong(DeliveryExecutor::getSentLastMinute)
                            .sum())
                    .setFailedLastMinute(executors.stream()
                            .mapToLong(DeliveryExecutor::getFailedLastMinute)
                            .sum())
                    .build();
        });
    }

    private static void readClockAndSchema(Connection connection, GetSystemStatusResponse.Builder status)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CLOCK_AND_SCHEMA);
                ResultSet row = statement.executeQuery()) {
            row.next();
            status.setAsOf(ProtoTimes.timestamp(row.getTimestamp(1).toInstant()));
            @Nullable String version = row.getString(2);
            status.setSchemaVersion(version == null ? "" : version);
        }
    }

    private static void readQueues(Connection connection, GetSystemStatusResponse.Builder status) throws SQLException {
        for (QueueDepth depth : QueueDepth.read(connection)) {
            dev.herald.v1.QueueDepth.Builder queue = status.addQueuesBuilder()
                    .setKind(depth.kind())
                    .setPriority(
                            switch (depth.priority()) {
                                case HIGH -> DeliveryPriority.DELIVERY_PRIORITY_HIGH;
                                case NORMAL -> DeliveryPriority.DELIVERY_PRIORITY_NORMAL;
                                case LOW -> DeliveryPriority.DELIVERY_PRIORITY_LOW;
                            })
                    .setDue(depth.due())
                    .setWaiting(depth.waiting())
                    .setInHand(depth.inHand())
                    .setFailed(depth.failed());
            if (depth.oldestDue() != null) {
                queue.setOldestDueAt(ProtoTimes.timestamp(depth.oldestDue()));
            }
        }
    }

    /** A row a relay; those of one process follow each other. */
    private static List<DeliveryExecutor> readExecutors(Connection connection) throws SQLException {
        List<DeliveryExecutor.Builder> executors = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(EXECUTORS);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                int last = executors.size() - 1;
                if (last < 0 || !executors.get(last).getName().equals(row.getString(1))) {
                    executors.add(executor(row));
                }
                if (row.getString(8) != null) {
                    executors.get(executors.size() - 1).addRelays(relay(row));
                }
            }
        }
        return executors.stream().map(DeliveryExecutor.Builder::build).toList();
    }

    private static DeliveryExecutor.Builder executor(ResultSet row) throws SQLException {
        return DeliveryExecutor.newBuilder()
                .setName(row.getString(1))
                .setVersion(row.getString(2))
                .setStartedAt(ProtoTimes.timestamp(row.getTimestamp(3).toInstant()))
                .setSeenAt(ProtoTimes.timestamp(row.getTimestamp(4).toInstant()))
                .setInHand(row.getInt(5))
                .setSentLastMinute(row.getLong(6))
                .setFailedLastMinute(row.getLong(7));
    }

    private static RelayStatus relay(ResultSet row) throws SQLException {
        RelayStatus.Builder relay = RelayStatus.newBuilder()
                .setRelay(row.getString(8))
                .setState(row.getBoolean(9) ? RelayState.RELAY_STATE_WORKING : RelayState.RELAY_STATE_IN_TROUBLE)
                .setTrouble(row.getString(11));
        java.sql.Timestamp since = row.getTimestamp(10);
        if (since != null) {
            relay.setSince(ProtoTimes.timestamp(since.toInstant()));
        }
        return relay.build();
    }

    private static void readPauses(Connection connection, GetSystemStatusResponse.Builder status) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PAUSES);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                status.addPauses(DeliveryPause.newBuilder()
                        .setScope(row.getString(1))
                        .setUntil(ProtoTimes.timestamp(row.getTimestamp(2).toInstant()))
                        .setPausedAt(ProtoTimes.timestamp(row.getTimestamp(3).toInstant())));
            }
        }
    }
}
