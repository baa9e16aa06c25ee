package dev.herald.server.persistence;

/** Tells whether anybody still waits for what the present thread asks of the database. */
public interface CallEnd {
    /** For work that nobody waits for. */
    CallEnd NEVER = new CallEnd() {
        @Override
        public boolean isOver() {
            return false;
        }

        @Override
        public Runnable whenOver(Runnable action) {
            return () -> {};
        }
    };

    boolean isOver();

    /**
     * Has the action run when the call this thread works for is over, at once when it is already, on any thread.
     *
     * @return what calls that off
     */
    Runnable whenOver(Runnable action);
}
