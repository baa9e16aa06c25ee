package dev.herald.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The one line a case prints. A figure with a target is followed by the target and whether it was met. */
final class Figures {
    private final String name;
    private final StringBuilder line;
    private final List<Judged> judged = new ArrayList<>();

    /** A figure with a target. */
    record Judged(String name, String target, String value, boolean met) {}

    Figures(String name) {
        this.name = name;
        this.line = new StringBuilder(name);
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
        return put(key, value).judge(key, value, target, value >= target);
    }

    Figures atMost(String key, double value, double target) {
        return put(key, value).judge(key, value, target, value <= target);
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
        return judged.isEmpty()
                ? line.toString()
                : line + " met=" + word(judged.stream().allMatch(Judged::met));
    }

    /** The figures with a target, in order. */
    List<Judged> judged() {
        return List.copyOf(judged);
    }

    private Figures judge(String key, double value, double target, boolean reached) {
        judged.add(new Judged(name + "." + key, text(target), text(value), reached));
        return put(key + ".target", target).put(key + ".met", word(reached));
    }

    private static String word(boolean met) {
        return met ? "yes" : "no";
    }

    /** Three digits that count, and never an exponent. */
    private static String text(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == Math.rint(value) ? "%.0f" : size >= 10 ? "%.1f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
