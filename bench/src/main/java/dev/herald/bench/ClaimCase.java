package dev.herald.bench;

import dev.herald.server.delivery.OutboxScene;
import java.util.List;

/**
 * A claim of 100, its commit included, by the server's own statements on a connection of its pool: with nothing delivered
 * yet, and with millions of delivered rows.
 */
final class ClaimCase implements BenchCase {
    private static final int CLAIM = 100;

    @Override
    public void run(Rig rig) {
        try (BenchDatabase database = rig.postgres().newDatabase();
                OutboxScene scene = OutboxScene.open(database.url())) {
            DeliveredHistory history = DeliveredHistory.begin(database, scene);
            List<Integer> levels = rig.sizes().history();
            claims(rig, database, scene);
            double none = 0;
            for (int delivered : levels) {
                history.growTo(delivered);
                double millis = claims(rig, database, scene);
                none = none == 0 ? millis : none;
                rig.print(new Figures("claim")
                        .put("delivered", delivered)
                        .put("claim_of_100_ms", millis)
                        .atMost("times", millis / none, 1.1));
            }
        }
    }

    /** Fills the queue and claims all of it, twice; the median claim of the second time. */
    private static double claims(Rig rig, BenchDatabase database, OutboxScene scene) {
        double median = 0;
        for (int pass = 0; pass < 2; pass++) {
            scene.queue(rig.sizes().medium());
            database.execute("VACUUM ANALYZE outbox");
            double[] millis = new double[rig.sizes().medium() / CLAIM];
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                scene.claim(CLAIM);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            median = Medians.of(millis);
            scene.clear();
            database.execute("VACUUM outbox");
        }
        return median;
    }
}
