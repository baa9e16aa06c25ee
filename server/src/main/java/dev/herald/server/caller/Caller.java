package dev.herald.server.caller;

import io.grpc.Context;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who calls.
 *
 * @param subject the caller's own name, as its credentials give it
 * @param roles what it may be
 */
public record Caller(String subject, Set<Role> roles) {
    private static final Context.Key<Caller> KEY = Context.key("herald.caller");

    /** With AUTH=off everybody on loopback is this one. */
    static final Caller LOCAL = new Caller("local", Set.of(Role.ADMIN));

    /** Who acts outside of any call: the process by itself. */
    private static final Caller NOBODY = new Caller("herald", Set.of());

    /** Who makes the call that runs on this thread. A handler that goes on on another thread takes its Context along. */
    public static Caller current() {
        @Nullable Caller caller = KEY.get();
        return caller == null ? NOBODY : caller;
    }

    /** A context in which this one is who calls. */
    public Context within(Context context) {
        return context.withValue(KEY, this);
    }

    public boolean isAdministrator() {
        return roles.contains(Role.ADMIN);
    }

    public boolean hasOneOf(Set<Role> allowed) {
        for (Role role : roles) {
            if (allowed.contains(role)) {
                return true;
            }
        }
        return false;
    }
}
