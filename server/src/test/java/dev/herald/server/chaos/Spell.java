package dev.herald.server.chaos;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** How long a fault lasts: the only thing of this suite that time decides and no condition. */
final class Spell {
    private Spell() {}

    static void lasts(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    static void lastsSeconds(long seconds) {
        lasts(Duration.ofSeconds(seconds));
    }
}
