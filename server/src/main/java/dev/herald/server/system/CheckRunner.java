package dev.herald.server.system;

import dev.herald.server.error.PlainWords;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Makes checks, all at once and for at most ten seconds, whatever they look at. */
public final class CheckRunner {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private CheckRunner() {}

    /** Every result, in the checks' order. One that doesn't end is left to its own time-outs. */
    public static List<CheckResult> run(List<SystemCheck> checks) {
        ExecutorService threads = Executors.newCachedThreadPool(CheckRunner::thread);
        try {
            long end = System.nanoTime() + LIMIT.toNanos();
            List<Future<List<CheckResult>>> looks =
                    checks.stream().map(check -> threads.submit(check::look)).toList();
            List<CheckResult> results = new ArrayList<>();
            for (int i = 0; i < checks.size(); i++) {
                results.addAll(await(checks.get(i), looks.get(i), end));
            }
            return results;
        } finally {
            threads.shutdown();
        }
    }

    private static List<CheckResult> await(SystemCheck check, Future<List<CheckResult>> look, long end) {
        try {
            return look.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return List.of(CheckResult.failed(check.name(), PlainWords.of(cause(e)), check.mend()));
        } catch (TimeoutException e) {
            return List.of(
                    CheckResult.failed(check.name(), "no answer within " + LIMIT.toSeconds() + " s", check.mend()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(CheckResult.failed(check.name(), "interrupted", check.mend()));
        }
    }

    private static Throwable cause(ExecutionException failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "check");
        thread.setDaemon(true);
        return thread;
    }
}
