package dev.herald.server.rpc;

import io.grpc.Context;
import io.grpc.Deadline;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Whether anybody still waits for what this thread does: a call's caller can go away, or its deadline pass. */
public final class CurrentCall {
    private CurrentCall() {}

    /** Never, on a thread that works for no call. */
    public static boolean isOver() {
        return Context.current().isCancelled();
    }

    /** How long the present call may still take; empty for one without a deadline, and outside of any. */
    public static Optional<Duration> timeLeft() {
        Deadline deadline = Context.current().getDeadline();
        return Optional.ofNullable(deadline).map(end -> Duration.ofNanos(end.timeRemaining(TimeUnit.NANOSECONDS)));
    }

    /**
     * Tells, asked later, whether half of the time is gone that the present call has left now; never for one without a deadline. For
     * work that can stop early and be gone on with.
     */
    public static BooleanSupplier halfGone() {
        Optional<Duration> half = timeLeft().map(left -> left.dividedBy(2));
        return () -> half.isPresent() && timeLeft().orElse(Duration.ZERO).compareTo(half.get()) < 0;
    }

    /** Does what must be done also when the call is over, as its caller. */
    public static void outlast(Runnable work) {
        Context.current().fork().run(work);
    }

    /**
     * Has the action run once when the present call is over, at once when it is already, on any thread.
     *
     * @return what calls that off
     */
    public static Runnable whenOver(Runnable action) {
        Context call = Context.current();
        Context.CancellationListener listener = any -> action.run();
        call.addListener(listener, Runnable::run);
        return () -> call.removeListener(listener);
    }
}
