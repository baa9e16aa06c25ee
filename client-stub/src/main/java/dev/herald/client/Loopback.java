package dev.herald.client;

import java.util.regex.Pattern;

/** Tells by its name alone whether a target is this host's loopback interface; any doubt is a no. */
final class Loopback {
    private static final Pattern TARGET =
            Pattern.compile("(dns:(//[^/]*/)?)?" + "(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");

    private Loopback() {}

    static boolean names(String target) {
        return TARGET.matcher(target).matches();
    }
}
