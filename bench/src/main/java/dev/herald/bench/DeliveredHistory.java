package dev.herald.bench;

import dev.herald.server.delivery.OutboxScene;
import java.util.Map;

/**
 * Delivered mails in bulk: copies of one that was delivered truly, with its attempt, so that they have whatever columns there
 * are. Foreign keys hold, and are not checked row by row.
 */
final class DeliveredHistory {
    private static final int STUDENTS = OutboxScene.STUDENTS;
    private static final int FIRST_SESSION = 1_000_000;
    private static final String COLUMNS = """
            SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = '%s' AND is_identity = 'NO' AND is_generated = 'NEVER'
            """;

    private final BenchDatabase database;
    private final long template;
    private int delivered;

    private DeliveredHistory(BenchDatabase database, long template) {
        this.database = database;
        this.template = template;
    }

    static DeliveredHistory begin(BenchDatabase database, OutboxScene scene) {
        scene.queue(1);
        scene.claim(1);
        scene.markSent();
        scene.clear();
        return new DeliveredHistory(database, (long)
                database.number("SELECT max(email_id) FROM email_notifications WHERE status = 'sent'"));
    }

    void growTo(int rows) {
        if (rows <= delivered) {
            return;
        }
        database.execute("SET session_replication_role = replica");
        database.execute(copy(
                "sessions",
                Map.of("session_id", Integer.toString(FIRST_SESSION) + " + g"),
                "t.session_id = (SELECT session_id FROM email_notifications WHERE email_id = " + template + ")",
                delivered / STUDENTS,
                (rows - 1) / STUDENTS,
                " ON CONFLICT DO NOTHING"));
        database.execute(copy(
                "email_notifications",
                Map.of(
                        "session_id", FIRST_SESSION + " + g / " + STUDENTS,
                        "student_profile_id", "1 + g % " + STUDENTS,
                        "jti", "'history-' || g"),
                "t.email_id = " + template,
                delivered,
                rows - 1,
                ""));
        database.execute("""
                INSERT INTO delivery_attempts (%1$s)
                SELECT %2$s FROM delivery_attempts t, email_notifications n
                WHERE t.ref_id = %3$d AND n.session_id >= %4$d
                    AND NOT EXISTS (SELECT FROM delivery_attempts there WHERE there.ref_id = n.email_id)
                """.formatted(
                        columns("delivery_attempts"),
                        expressions("delivery_attempts", Map.of("ref_id", "n.email_id")),
                        template,
                        FIRST_SESSION));
        database.execute("SET session_replication_role = DEFAULT");
        delivered = rows;
        database.execute("VACUUM ANALYZE email_notifications, delivery_attempts");
        database.execute("CHECKPOINT");
    }

    private String copy(String table, Map<String, String> changed, String which, int from, int to, String conflict) {
        return "INSERT INTO " + table + " (" + columns(table) + ") SELECT " + expressions(table, changed) + " FROM "
                + table + " t, generate_series(" + from + ", " + to + ") AS g WHERE " + which + conflict;
    }

    private String columns(String table) {
        return database.text(COLUMNS.formatted(table)).strip();
    }

    private String expressions(String table, Map<String, String> changed) {
        StringBuilder expressions = new StringBuilder();
        for (String column : columns(table).split(", ", -1)) {
            expressions.append(expressions.isEmpty() ? "" : ", ").append(changed.getOrDefault(column, "t." + column));
        }
        return expressions.toString();
    }
}
