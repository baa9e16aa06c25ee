package dev.herald.bench;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/**
 * Calls counted over a stretch of time.
 *
 * @param perSecond answered calls
 * @param cpuMicros CPU of the called process a call
 */
record CallRate(double perSecond, OptionalDouble cpuMicros) {
    /** Calls for a while, and then counts. */
    static CallRate measure(
            int port, List<byte[]> requests, Duration length, Duration warmUp, Supplier<OptionalDouble> cpuSeconds) {
        try (CallLoad load = CallLoad.on(port, requests)) {
            Threads.pass(warmUp.toMillis() / 1e3);
            OptionalDouble cpuBefore = cpuSeconds.get();
            long before = load.completed();
            long start = System.nanoTime();
            Threads.pass(length.toMillis() / 1e3);
            double calls = load.completed() - before;
            double seconds = (System.nanoTime() - start) / 1e9;
            OptionalDouble cpuAfter = cpuSeconds.get();
            return new CallRate(
                    calls / seconds,
                    cpuBefore.isPresent() && cpuAfter.isPresent()
                            ? OptionalDouble.of((cpuAfter.getAsDouble() - cpuBefore.getAsDouble()) * 1e6 / calls)
                            : OptionalDouble.empty());
        }
    }

    static double measure(int port, List<byte[]> requests, Duration length, Duration warmUp) {
        return measure(port, requests, length, warmUp, OptionalDouble::empty).perSecond();
    }
}
