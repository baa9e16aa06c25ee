package dev.herald.server.rpc;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs faults that nobody foresaw, each kind with its stack trace once in ten seconds, and then, in one line, how many more there
 * were. A kind is what was thrown, why, and where in our code. Whoever is told of a fault gets the id of one that stands in the
 * log. Holds the kinds of the last ten seconds; thread-safe.
 */
final class FaultLog {
    static final Duration QUIET = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(FaultLog.class);
    private static final String OURS = "dev.herald.";

    private final Map<String, Told> told = new ConcurrentHashMap<>();
    private final Executor afterQuiet;

    /** One that stands in the log. Changed within its map only. */
    private static final class Told {
        private final String id = UUID.randomUUID().toString();
        private long leftOut;
    }

    /**
     * A log.
     *
     * @param afterQuiet runs what it is given when {@link #QUIET} has passed
     */
    FaultLog(Executor afterQuiet) {
        this.afterQuiet = afterQuiet;
    }

    /** Notes a fault; the id under which the log has it, or the last of its kind. */
    String note(Throwable fault) {
        String kind = kind(fault);
        Told fresh = new Told();
        Told known = told.merge(kind, fresh, (before, any) -> {
            before.leftOut++;
            return before;
        });
        if (known == fresh) {
            log.error("fault {}", fresh.id, fault);
            afterQuiet.execute(() -> endQuiet(kind));
        }
        return known.id;
    }

    private void endQuiet(String kind) {
        Told ended = told.remove(kind);
        if (ended != null && ended.leftOut > 0) {
            log.error("fault {}: {} more of its kind since, left out", ended.id, ended.leftOut);
        }
    }

    private static String kind(Throwable fault) {
        Throwable root = fault;
        for (int depth = 0; root.getCause() != null && depth < 20; depth++) {
            root = root.getCause();
        }
        return fault.getClass().getName() + ' ' + root.getClass().getName() + ' ' + place(root.getStackTrace());
    }

    private static String place(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .filter(frame -> frame.getClassName().startsWith(OURS))
                .findFirst()
                .map(StackTraceElement::toString)
                .orElseGet(() -> stack.length == 0 ? "" : stack[0].toString());
    }
}
