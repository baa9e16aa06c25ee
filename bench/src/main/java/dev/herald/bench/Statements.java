package dev.herald.bench;

/**
 * How many statements a database has run for others than the bench, as pg_stat_statements counts them.
 *
 * @param work statements that do something: without BEGIN, COMMIT, SET and the like
 * @param commits transactions, counted by their BEGIN, since PostgreSQL counts a prepared COMMIT once only; each waits for a
 *     flush when it wrote something
 */
record Statements(double work, double commits) {
    /** Where nothing can be counted. */
    static final Statements NONE = new Statements(0, 0);

    private static final String CALLS = """
            SELECT /* bench */ coalesce(sum(s.calls), 0)
            FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
            WHERE d.datname = current_database() AND s.query NOT LIKE '%/* bench */%' AND s.query ~* ?
            """;

    /** Makes counting possible; false where the server hasn't loaded the library. */
    static boolean enable(BenchDatabase database) {
        if (!database.text("SELECT /* bench */ current_setting('shared_preload_libraries')")
                .contains("pg_stat_statements")) {
            return false;
        }
        database.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        return true;
    }

    static Statements of(BenchDatabase database) {
        double all = database.number(CALLS, "");
        double frame = database.number(CALLS, "^(begin|commit|rollback|set|show|discard|deallocate)");
        return new Statements(all - frame, database.number(CALLS, "^begin"));
    }

    Statements since(Statements before) {
        return new Statements(work - before.work, commits - before.commits);
    }
}
