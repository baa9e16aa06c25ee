package dev.herald.bench;

import java.util.Locale;
import java.util.OptionalDouble;

/** The one line a case prints. A figure with a target is followed by the target and whether it was met. */
final class Figures {
    private final StringBuilder line;
    private boolean judged;
    private boolean met = true;

    Figures(String name) {
        line = new StringBuilder(name);
    }

    Figures put(String key, Object value) {
        line.append(' ').append(key).append('=').append(value);
        return this;
    }

    Figures put(String key, double value) {
        return put(key, (Object) text(value));
    }

    Figures put(String key, OptionalDouble value) {
        return value.isPresent() ? put(key, value.getAsDouble()) : put(key, "unknown");
    }

    Figures atLeast(String key, double value, double target) {
        return put(key, value).judge(key, target, value >= target);
    }

    Figures atMost(String key, double value, double target) {
        return put(key, value).judge(key, target, value <= target);
    }

    /** An unknown value meets no target, and is none missed. */
    Figures atLeast(String key, OptionalDouble value, double target) {
        return value.isPresent() ? atLeast(key, value.getAsDouble(), target) : put(key, value);
    }

    Figures atMost(String key, OptionalDouble value, double target) {
        return value.isPresent() ? atMost(key, value.getAsDouble(), target) : put(key, value);
    }

    @Override
    public String toString() {
        return line + (judged ? " met=" + (met ? "yes" : "no") : "");
    }

    private Figures judge(String key, double target, boolean reached) {
        judged = true;
        met &= reached;
        return put(key + ".target", target).put(key + ".met", reached ? "yes" : "no");
    }

    /** Three digits that count, and never an exponent. */
    private static String text(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == Math.rint(value) ? "%.0f" : size >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
