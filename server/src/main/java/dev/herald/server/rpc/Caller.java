package dev.herald.server.rpc;

import io.grpc.Context;
import java.util.Set;

/**
 * Who calls.
 *
 * @param subject the caller's own name, as its credentials give it
 * @param roles what it may be
 */
public record Caller(String subject, Set<Role> roles) {
    static final Context.Key<Caller> KEY = Context.key("herald.caller");

    /** With AUTH=off everybody on loopback is this one. */
    static final Caller LOCAL = new Caller("local", Set.of(Role.ADMIN));

    boolean hasOneOf(Set<Role> allowed) {
        for (Role role : roles) {
            if (allowed.contains(role)) {
                return true;
            }
        }
        return false;
    }
}
