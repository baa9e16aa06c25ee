package dev.herald.server.system;

import dev.herald.server.config.Version;
import dev.herald.server.delivery.DeliveryPauses;
import dev.herald.server.delivery.DeliveryPauses.Pause;
import dev.herald.server.delivery.DeliveryProcess;
import dev.herald.server.delivery.QueueDepth;
import dev.herald.server.persistence.SchemaVersions;
import dev.herald.server.persistence.Transactions;
import dev.herald.server.rpc.ProtoTimes;
import dev.herald.v1.DeliveryExecutor;
import dev.herald.v1.DeliveryPriority;
import dev.herald.v1.GetSystemStatusResponse;
import dev.herald.v1.RelayState;
import dev.herald.v1.RelayStatus;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/**
 * Puts together how Herald is, from the database alone, so that no relay can hold the answer up. Five statements: one walks the
 * queue, the others read a few rows each. Thread-safe.
 */
public final class SystemStatusReader {
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
                    .setSchemaExpected(schema.expected())
                    .setSchemaVersion(SchemaVersions.newest(connection))
                    .setAsOf(ProtoTimes.timestamp(clock(connection)));
            readQueues(connection, status);
            readProcesses(connection, status);
            for (Pause pause : DeliveryPauses.holding(connection)) {
                status.addPausesBuilder()
                        .setScope(pause.scope())
                        .setUntil(ProtoTimes.timestamp(pause.until()))
                        .setPausedAt(ProtoTimes.timestamp(pause.pausedAt()));
            }
            return status.build();
        });
    }

    private static Instant clock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT clock_timestamp()");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getTimestamp(1).toInstant();
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

    private static void readProcesses(Connection connection, GetSystemStatusResponse.Builder status)
            throws SQLException {
        List<DeliveryProcess> processes = DeliveryProcess.live(connection);
        processes.forEach(process -> status.addExecutors(executor(process)));
        status.setSentLastMinute(processes.stream()
                        .mapToLong(DeliveryProcess::sentLastMinute)
                        .sum())
                .setFailedLastMinute(processes.stream()
                        .mapToLong(DeliveryProcess::failedLastMinute)
                        .sum());
    }

    private static DeliveryExecutor executor(DeliveryProcess process) {
        DeliveryExecutor.Builder executor = DeliveryExecutor.newBuilder()
                .setName(process.name())
                .setVersion(process.version())
                .setStartedAt(ProtoTimes.timestamp(process.startedAt()))
                .setSeenAt(ProtoTimes.timestamp(process.seenAt()))
                .setInHand(process.inHand())
                .setSentLastMinute(process.sentLastMinute())
                .setFailedLastMinute(process.failedLastMinute());
        process.relays().forEach(relay -> executor.addRelays(relay(relay)));
        return executor.build();
    }

    private static RelayStatus relay(DeliveryProcess.Relay told) {
        RelayStatus.Builder relay = RelayStatus.newBuilder()
                .setRelay(told.name())
                .setState(told.working() ? RelayState.RELAY_STATE_WORKING : RelayState.RELAY_STATE_IN_TROUBLE)
                .setTrouble(told.trouble());
        if (told.since() != null) {
            relay.setSince(ProtoTimes.timestamp(told.since()));
        }
        return relay.build();
    }
}
