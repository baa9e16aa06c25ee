package dev.herald.bench;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Generating a session, delivery off, beside COPY of the same notifications into a table with the same indexes and keys. */
final class GenerateCase implements BenchCase {
    private static final int WARM_UPS = 3;

    @Override
    public void run(Rig rig) {
        Sizes sizes = rig.sizes();
        try (BenchDatabase database = rig.postgres().newDatabase();
                OwnSink sink = OwnSink.start();
                Herald herald = Herald.serve(rig, database.url(), sink.port(), Map.of("DELIVERY", "off"))) {
            Campus campus = Campus.load(herald, sizes.small(), sizes.medium(), sizes.large());
            for (int i = 0; i < WARM_UPS; i++) {
                generate(herald, campus.newSession(sizes.medium()));
            }
            createTwin(database);
            Scene scene = new Scene(rig, herald, campus, database);
            scene.measure(sizes.small(), sizes.smallRounds());
            scene.measure(sizes.medium(), sizes.rounds() + 2);
            scene.measure(sizes.large(), 1);
        }
    }

    /** Everything a measurement needs. */
    private record Scene(Rig rig, Herald herald, Campus campus, BenchDatabase database) {
        void measure(int students, int rounds) {
            byte[] rows = copyOut(database, campus.newSession(students), herald);
            copyIn(database, rows);
            List<Double> ours = new ArrayList<>();
            List<Double> copies = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                copies.add(students / copyIn(database, rows));
                ours.add(students / generate(herald, campus.newSession(students)));
            }
            double rate = Medians.of(ours, Double::doubleValue);
            double copied = Medians.of(copies, Double::doubleValue);
            Figures figures = new Figures("generate").put("students", students).put("rounds", rounds);
            if (students == rig.sizes().medium()) {
                figures.atLeast("rows_per_s", rate, 50_000);
            } else {
                figures.put("rows_per_s", rate);
            }
            rig.print(figures.put("copy_rows_per_s", copied).put("ratio", rate / copied));
        }
    }

    private static double generate(Herald herald, long session) {
        long start = System.nanoTime();
        herald.client().notifications().generateForSession(session);
        return (System.nanoTime() - start) / 1e9;
    }

    private static byte[] copyOut(BenchDatabase database, long session, Herald herald) {
        generate(herald, session);
        try {
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            copy(database)
                    .copyOut(
                            "COPY (SELECT * FROM email_notifications WHERE session_id = " + session + ") TO STDOUT",
                            rows);
            return rows.toByteArray();
        } catch (SQLException e) {
            throw new BenchDatabase.Failure("COPY", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void createTwin(BenchDatabase database) {
        database.execute("CREATE TABLE twin (LIKE email_notifications INCLUDING ALL)");
        // LIKE leaves foreign keys behind.
        database.execute("""
                DO $$ DECLARE definition text; BEGIN
                    FOR definition IN SELECT pg_get_constraintdef(oid) FROM pg_constraint
                        WHERE conrelid = 'email_notifications'::regclass AND contype = 'f'
                    LOOP EXECUTE 'ALTER TABLE twin ADD ' || definition; END LOOP;
                END $$
                """);
    }

    private static double copyIn(BenchDatabase database, byte[] rows) {
        database.execute("TRUNCATE twin");
        try {
            long start = System.nanoTime();
            copy(database).copyIn("COPY twin FROM STDIN", new ByteArrayInputStream(rows));
            return (System.nanoTime() - start) / 1e9;
        } catch (SQLException e) {
            throw new BenchDatabase.Failure("COPY", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CopyManager copy(BenchDatabase database) throws SQLException {
        return database.connection().unwrap(PGConnection.class).getCopyAPI();
    }
}
