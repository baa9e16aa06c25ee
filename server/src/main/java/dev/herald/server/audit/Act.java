package dev.herald.server.audit;

import java.util.Optional;

/**
 * Something an administrator did.
 *
 * @param action the method, such as {@code CancelForSession}
 * @param target what it was done to, such as {@code session/42}
 * @param before what held before; empty where there is nothing to tell
 * @param after what holds now
 * @param requestId the call's request_id; empty when it carried none
 */
public record Act(String action, String target, Optional<Facts> before, Optional<Facts> after, String requestId) {
    /** An act of which nothing else is known yet. */
    public static Act of(String action, String target) {
        return new Act(action, target, Optional.empty(), Optional.empty(), "");
    }

    public Act before(Facts facts) {
        return new Act(action, target, Optional.of(facts), after, requestId);
    }

    public Act after(Facts facts) {
        return new Act(action, target, before, Optional.of(facts), requestId);
    }

    public Act requestId(String id) {
        return new Act(action, target, before, after, id);
    }
}
