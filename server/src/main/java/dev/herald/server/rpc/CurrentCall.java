package dev.herald.server.rpc;

import io.grpc.Context;

/** Whether anybody still waits for what this thread does: a call's caller can go away, or its deadline pass. */
public final class CurrentCall {
    private CurrentCall() {}

    /** Never, on a thread that works for no call. */
    public static boolean isOver() {
        return Context.current().isCancelled();
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
