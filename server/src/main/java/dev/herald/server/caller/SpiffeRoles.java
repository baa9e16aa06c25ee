package dev.herald.server.caller;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** AUTH_ROLES: which SPIFFE id has which role, as {@code spiffe://campus/session-service=session,spiffe://campus/ops=admin}. */
final class SpiffeRoles {
    /** SPIFFE-ID, 2: a trust domain and path segments, none of them a dot or two. */
    private static final Pattern ID =
            Pattern.compile("spiffe://[a-z0-9._-]{1,255}(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+");

    private static final int LONGEST = 2_048;

    private SpiffeRoles() {}

    /**
     * Reads them. An id that stands there twice has both roles.
     *
     * @throws IllegalArgumentException saying what would be right
     */
    static Map<String, Set<Role>> parse(String text) {
        Map<String, Set<Role>> roles = new LinkedHashMap<>();
        for (String pair : text.split(",", -1)) {
            if (!pair.isBlank()) {
                add(roles, pair.strip());
            }
        }
        if (roles.isEmpty()) {
            throw wrong(text);
        }
        return roles;
    }

    private static void add(Map<String, Set<Role>> roles, String pair) {
        int equals = pair.lastIndexOf('=');
        String id = pair.substring(0, Math.max(equals, 0)).strip();
        if (id.length() > LONGEST || !ID.matcher(id).matches()) {
            throw wrong(pair);
        }
        Role role = Role.of(pair.substring(equals + 1).strip()).orElseThrow(() -> wrong(pair));
        roles.computeIfAbsent(id, any -> EnumSet.noneOf(Role.class)).add(role);
    }

    private static IllegalArgumentException wrong(String pair) {
        String words = Arrays.stream(Role.values()).map(Role::word).collect(Collectors.joining(", "));
        return new IllegalArgumentException(
                "must be like spiffe://campus/session-service=session,spiffe://campus/ops=admin" + " with the roles "
                        + words + "; not " + pair);
    }
}
