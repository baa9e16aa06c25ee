package dev.herald.server.rpc;

import java.util.concurrent.atomic.AtomicInteger;

/** So many may wait for a thread and no more. Thread-safe. */
public final class WaitingRoom {
    private final int most;
    private final AtomicInteger waiting = new AtomicInteger();

    public WaitingRoom(int most) {
        this.most = most;
    }

    /** Whether there was room; whoever got in must leave when its turn comes. */
    public boolean enter() {
        if (waiting.incrementAndGet() <= most) {
            return true;
        }
        waiting.decrementAndGet();
        return false;
    }

    public void leave() {
        waiting.decrementAndGet();
    }
}
