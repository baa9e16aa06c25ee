package dev.herald.server.mail;

import org.jspecify.annotations.Nullable;

/** Says in a line what went wrong with a connection. */
final class Faults {
    private Faults() {}

    /** The exception's message with that of what lies at its bottom. */
    static String describe(Throwable fault) {
        Throwable root = root(fault);
        String outer = text(fault);
        return root == fault ? outer : outer + ": " + text(root);
    }

    static Throwable root(Throwable fault) {
        Throwable root = fault;
        for (int depth = 0; root.getCause() != null && depth < 10; depth++) {
            root = root.getCause();
        }
        return root;
    }

    private static String text(Throwable fault) {
        @Nullable String message = fault.getMessage();
        String line = message == null ? "" : message.lines().findFirst().orElse("");
        return fault.getClass().getSimpleName() + (line.isEmpty() ? "" : " " + line);
    }
}
