package dev.herald.server.testing;

import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Calls made over and over, each on a thread of its own, until it is stopped. What one throws is a failure. Thread-safe. */
public final class Load {
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Loop> loops;
    private volatile boolean ended;

    private Load(Stream<Runnable> calls) {
        this.loops = calls.map(Loop::new).toList();
    }

    public static Load of(Runnable... calls) {
        return new Load(Stream.of(calls));
    }

    /** Until each of the calls that are under way now has ended, and others after it: none knows anything from before. */
    public void awaitTurn() {
        long[] targets = loops.stream().mapToLong(loop -> loop.turns.get() + 3).toArray();
        await().until(() -> {
            for (int i = 0; i < targets.length; i++) {
                if (loops.get(i).turns.get() < targets[i]) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Ends it; what failed. */
    public List<String> stop() {
        ended = true;
        loops.forEach(loop -> loop.end.join());
        return List.copyOf(failures);
    }

    private final class Loop {
        private final AtomicLong turns = new AtomicLong();
        private final Runnable call;
        private final CompletableFuture<Void> end;

        Loop(Runnable call) {
            this.call = call;
            this.end = CompletableFuture.runAsync(this::run, work -> new Thread(work, "load").start());
        }

        private void run() {
            while (!ended) {
                try {
                    call.run();
                } catch (RuntimeException | AssertionError e) {
                    failures.add(e.toString());
                }
                turns.incrementAndGet();
            }
        }
    }
}
