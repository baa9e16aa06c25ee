package dev.herald.server;

import dev.herald.server.persistence.CallEnd;
import dev.herald.server.rpc.CurrentCall;

/** What the database is asked for a call ends with the call. */
final class CallsThatEnd implements CallEnd {
    @Override
    public boolean isOver() {
        return CurrentCall.isOver();
    }

    @Override
    public Runnable whenOver(Runnable action) {
        return CurrentCall.whenOver(action);
    }
}
