package dev.herald.server.token;

import dev.herald.server.error.HeraldException;
import dev.herald.v1.ErrorReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the database about all tokens that wait at a moment with one statement, which begins after each of them came: so it
 * sees whatever was committed before. Alone, a check is asked at once. Thread-safe.
 */
final class StrictChecks {
    static final int MOST_AT_ONCE = 128;
    static final int MOST_WAITING = 10_000;
    /** Statements under way at most; the executor's other threads are for those that write. */
    private static final int MOST_ASKING = 2;

    private static final Logger log = LoggerFactory.getLogger(StrictChecks.class);

    private final Function<List<TokenVerdict.Valid>, List<TokenVerdict>> database;
    private final Executor executor;
    private final BlockingQueue<Check> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final AtomicInteger asking = new AtomicInteger();

    /**
     * Checks.
     *
     * @param database the verdicts on tokens, in their order; blocks, and throws for all of them
     */
    StrictChecks(Function<List<TokenVerdict.Valid>, List<TokenVerdict>> database, Executor executor) {
        this.database = database;
        this.executor = executor;
    }

    private record Check(
            TokenVerdict.Valid token, BooleanSupplier callerGone, Consumer<Supplier<TokenVerdict>> answer) {}

    /**
     * Checks one token.
     *
     * @param callerGone whether nobody waits any more; then the database isn't asked
     * @param answer takes the verdict on any thread, or throws what kept it from being had
     */
    void check(TokenVerdict.Valid token, BooleanSupplier callerGone, Consumer<Supplier<TokenVerdict>> answer) {
        Check check = new Check(token, callerGone, answer);
        if (waiting.offer(check)) {
            askIfFree();
        } else {
            tell(check, refusal(tooMany(null)));
        }
    }

    private void askIfFree() {
        for (int now = asking.get(); now < MOST_ASKING && !waiting.isEmpty(); now = asking.get()) {
            if (asking.compareAndSet(now, now + 1)) {
                start();
                return;
            }
        }
    }

    private void start() {
        try {
            executor.execute(this::ask);
        } catch (RejectedExecutionException e) {
            asking.decrementAndGet();
            next(MOST_WAITING).forEach(check -> tell(check, refusal(tooMany(e))));
        }
    }

    private void ask() {
        try {
            answer(next(MOST_AT_ONCE));
        } finally {
            asking.decrementAndGet();
            askIfFree();
        }
    }

    private List<Check> next(int most) {
        List<Check> checks = new ArrayList<>();
        waiting.drainTo(checks, most);
        return checks;
    }

    private void answer(List<Check> checks) {
        List<Check> wanted = new ArrayList<>(checks.size());
        for (Check check : checks) {
            if (check.callerGone.getAsBoolean()) {
                tell(check, refusal(deadlinePassed()));
            } else {
                wanted.add(check);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        List<Supplier<TokenVerdict>> answers = answers(wanted);
        for (int i = 0; i < wanted.size(); i++) {
            tell(wanted.get(i), answers.get(i));
        }
    }

    private List<Supplier<TokenVerdict>> answers(List<Check> checks) {
        try {
            List<TokenVerdict> verdicts =
                    database.apply(checks.stream().map(Check::token).toList());
            return verdicts.stream()
                    .<Supplier<TokenVerdict>>map(verdict -> () -> verdict)
                    .toList();
        } catch (RuntimeException e) {
            return Collections.nCopies(checks.size(), refusal(e));
        } catch (Error e) {
            // Nobody may be left waiting, whatever happened.
            return Collections.nCopies(checks.size(), refusal(new IllegalStateException("a check broke off", e)));
        }
    }

    /** One caller who is gone must not keep the others from their answers. */
    private static void tell(Check check, Supplier<TokenVerdict> answer) {
        try {
            check.answer.accept(answer);
        } catch (RuntimeException e) {
            log.debug("nobody waits for a verdict any more: {}", e.getClass().getSimpleName());
        }
    }

    static HeraldException tooMany(@Nullable RejectedExecutionException e) {
        return HeraldException.retryable(
                ErrorReason.ERROR_REASON_RATE_LIMITED, "too many calls at once; wait", Duration.ofSeconds(1), e);
    }

    static HeraldException deadlinePassed() {
        return HeraldException.of(
                ErrorReason.ERROR_REASON_DEADLINE_PASSED, "the deadline passed before the database was asked");
    }

    static <T> Supplier<T> refusal(RuntimeException e) {
        return () -> {
            throw e;
        };
    }
}
