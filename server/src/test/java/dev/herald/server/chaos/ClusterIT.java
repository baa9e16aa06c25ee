package dev.herald.server.chaos;

import dev.herald.server.testing.HeraldProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Several servers over one database, and no fault at all. */
@ExtendWith(ChaosTable.class)
class ClusterIT {
    @Test
    void cluster_ofThree_deliversEveryMailOnce() {
        int mails = Size.of(5_000, 100_000);
        try (ChaosScene scene = ChaosScene.of(mails)) {
            // The usual lease: three busy servers on a small machine may be slow, and that is no fault.
            HeraldProcess first = scene.serve("DELIVERY_LEASE_SECONDS", "60");
            scene.serve("DELIVERY_LEASE_SECONDS", "60");
            scene.serve("DELIVERY_LEASE_SECONDS", "60");
            scene.generate(first, ChaosScene.SESSION);
            scene.faultEnds();
            scene.assertWhole("three servers deliver " + mails + " mails", 0, 300);
        }
    }
}
