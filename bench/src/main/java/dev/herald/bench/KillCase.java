package dev.herald.bench;

import java.util.Map;

/**
 * A server killed amid delivery and started again at once: how long until all is delivered, what is stuck after a minute, and
 * how many mails the relay got twice.
 */
final class KillCase implements BenchCase {
    private static final Map<String, String> SETTINGS = Map.of("DELIVERY_LEASE_SECONDS", "5");
    private static final double LIMIT_SECONDS = 60;
    /** One a connection, and those that wait to be written down; see the README. */
    private static final int IN_FLIGHT = 8 + 64;

    @Override
    public void run(Rig rig) {
        int students = rig.sizes().medium();
        try (BenchDatabase database = rig.postgres().newDatabase();
                OwnSink sink = OwnSink.start()) {
            killAmid(rig, database, sink, students);
            long killed = System.nanoTime();
            double before = sent(database);
            try (Herald again = Herald.serve(rig, database.url(), sink.port(), SETTINGS)) {
                double serving = (System.nanoTime() - killed) / 1e9;
                Threads.await(LIMIT_SECONDS - serving, 5, () -> sink.distinct() == students);
                double accepted = (System.nanoTime() - killed) / 1e9;
                Threads.await(LIMIT_SECONDS - accepted, 5, () -> sent(database) == students);
                double recovered = (System.nanoTime() - killed) / 1e9;
                rig.print(new Figures("kill")
                        .put("students", students)
                        .put("lease_s", 5)
                        .put("sent_before", before)
                        .put("serving_again_s", serving)
                        .put("rss_mb", again.residentMb())
                        .put("all_accepted_s", accepted)
                        .atMost("recovered_s", recovered, 10)
                        .atMost("stuck", students - sent(database), 0)
                        .atMost("lost", students - (double) sink.distinct(), 0)
                        .atMost("doubles", sink.accepted() - (double) sink.distinct(), IN_FLIGHT));
            }
        }
    }

    private static void killAmid(Rig rig, BenchDatabase database, OwnSink sink, int students) {
        Herald herald = Herald.serve(rig, database.url(), sink.port(), SETTINGS);
        try {
            long session = Campus.load(herald, students).newSession(students);
            herald.client().notifications().generateForSession(session);
            Threads.await(LIMIT_SECONDS, 1, () -> sink.accepted() >= students * 3 / 10);
        } finally {
            herald.kill();
        }
    }

    private static double sent(BenchDatabase database) {
        return database.number("SELECT /* bench */ count(*) FROM email_notifications WHERE status = 'sent'");
    }
}
